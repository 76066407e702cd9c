"""The words of `placeholders`, by group and language: English, Lithuanian, Latvian, Polish, Russian,
Ukrainian, Belarusian, German, French, then others in a word or two. Accents do not count.

Written for this project from general knowledge of these languages. Of the names on the lists of real ones
(frequencies/) only the Catalan Nil is among those that suffice; a test looks.
"""

UNKNOWN = """
    unknown unknow unkown uknown unknwon unnamed unidentified anonymous nameless noname nonamed nameunknown
    notknown
    bevardis bevardė bevardžio bevardės nežinau anonimas anonimė
    bezvārda bezvārdis anonīms anonīma
    anonimowy anonimowa
    неизвестен неизвестна безымени безимени аноним анонимно
    безімені анонім
    невядомо ананім
    keinname ohnenamen
    sansnom anonyme anonymes
    desconocido desconocida desconhecido desconhecida sconosciuto sconosciuta neznámý neznámá neznáme
    bezejmenný
    nezn necunoscut necunoscută tundmatu teadmata tuntematon ismeretlen okänd okänt ukjent ukendt onbekend
    onbekende
    bilinmiyor bilinmeyen nepoznat nepoznata непознат непозната неизвестни
    άγνωστος άγνωστη άγνωστο ανώνυμος ανώνυμη უცნობი անհայտ անանուն مجهول مجهولة غيرمعروف אלמוני אלמונית
    לאידוע
"""
"""By itself, and beside a name: `Jonas (unknown)` is `Jonas`. Эрнст Неизвестный is Эрнст: of those who are
written down so, nearly all are unknown."""

UNKNOWN_INFLECTED = (
    ("as a i os o u us ai am ą oji asis", "nežinom nenustatyt neatpažint neidentifikuot nenurodyt nepateikt"),
    ("s a i ais as u am", "nezinām navzinām nenoskaidrot neidentificēt nenorādīt neatpazīt"),
    ("y a e i ego ej emu ym ych", "nieznan nieustalon niezidentyfikowan nierozpoznan bezimienn"),
    ("ый ая ое ые ого ой ому ым о", "неизвестн неустановленн неопознанн неидентифицированн безымянн"),
    ("ий а е і ого ої ому им о", "невідом невстановлен неопізнан неідентифікован невизначен безіменн"),
    ("ы ая а ае ага ай аму ым", "невядом неапазнан неўстаноўлен безыменн"),
    ("- e er es en em", "unbekannt unidentifiziert namenlos"),
    ("- e s es", "inconnu"),
)
"""Endings, and the stems that take them; `-` is no ending."""

ALONE = """
    nn none null na nil test tbd tba tbc missing notgiven notavailable notstated fnu lnu unk nfn nln x xx
    asdf asd
    qwerty qwertz йцукен child male female woman name surname firstname lastname
    nėra neraduomenu nežin vardenis pavardenis vardenė pavardenė vyras moteris vardas pavardė
    nav navdatu nezin vīrietis sieviete vārds uzvārds
    brak brakdanych nieznan mężczyzna kobieta imię nazwisko
    нет нетданных нн фио неизв мужчина женщина фамилия
    немає немаєданих немаданих ні невід чоловік жінка прізвище
    няма мужчына жанчына прозвішча
    keine ohne unbek vorname nachname familienname
    néant aucun aucune femme prénom
"""
"""Where nothing else stands: beside another word they may be a name (Na, Nil, Null, Malcolm X)."""

LACKING = """
    no not non without nor or and
    ne nėra be ir
    nav bez un
    nie brak i
    не нет без и или
    немає нема та або ні
    няма
    kein keine keinen nicht ohne und
    sans pas né née sous ni et
"""

ASKED = """
    names surnames first last given family middle person people boy girl adult
    patient body identity known stated recorded provided specified available identified disclosed data place
    vardo vardai pavardės asmuo asmens berniukas mergaitė vaikas žinomas žinoma
    nurodyta nurodytas nustatyta duomenų vieta
    vārda uzvārda persona zēns meitene bērns zināms zināma norādīts norādīta datu
    imienia nazwiska osoba chłopiec dziewczynka podano wiadomo znane znany ustalono
    danych miejsce
    имя имени фамилии отчество отчества лицо человек мальчик девочка указано указан
    установлено известно знаю помнит данных место
    імя імені прізвища побатькові особа людина хлопчик дівчинка вказано встановлено відомо
    даних місце
    асоба вядома месца
    namen frau mädchen angabe angaben angegeben bekannt ermittelt männlich weiblich
    ort
    nom noms personne homme garçon fille renseigné renseignée communiqué précisé précisée connu identité
    lieu
"""
"""What a form asks for, and what is said of an answer: `First Last`, `nom non renseigné`, `Unknown boy`."""

NEWBORN = """
    baby babyboy babygirl infant newborn
    kūdikis kūdikio naujagimis naujagimė naujagimio naujagimės
    zīdainis jaundzimušais jaundzimusī
    niemowlę noworodek dziecko
    младенец новорожденный новорожденная ребенок
    немовля новонароджений новонароджена дитина
    немаўля нованароджаны дзіця
    säugling neugeborenes neugeborene
    nourrisson bébé bebe бебе
"""
"""`Baby Smith`, `Smith baby girl`: the child of a family Smith, whose given name is unknown."""

ALSO_NAMES = "man child kind mann junge knabe"
"""People without a name, beside a word that says so (`unbekannter Mann`); alone, surnames."""

NOBODY = ("john doe", "jane doe", "baby doe", "max mustermann", "erika mustermann", "joe bloggs")
"""Given and family name, in either order, of people who do not exist."""
