"""Words for our codes as tables write them in Lithuanian, English, French and Russian, folded."""

SEX = {
    "f": "female", "m": "male", "h": "male", "w": "female",
    "woman": "female", "girl": "female", "man": "male", "boy": "male",
    "moteris": "female", "mot": "female", "moteriska": "female", "mergaite": "female", "mergina": "female",
    "vyras": "male", "vyr": "male", "vyriska": "male", "berniukas": "male", "vaikinas": "male",
    "femme": "female", "fille": "female", "feminin": "female",
    "homme": "male", "garcon": "male", "masculin": "male",
    "ж": "female", "жен": "female", "женскии": "female", "женщина": "female", "девочка": "female",
    "м": "male", "муж": "male", "мужскои": "male", "мужчина": "male", "мальчик": "male",
    "kita": "other", "autre": "other", "другои": "other",
}  # fmt: skip

KIND = {
    "dinges": "missing", "dingusi": "missing", "dingo": "missing", "ieskomas": "missing",
    "ieskoma": "missing", "disparu": "missing", "disparue": "missing", "disparu e": "missing",
    "recherche": "missing", "пропал": "missing", "пропала": "missing", "разыскивается": "missing",
    "rastas": "found", "rasta": "found", "retrouve": "found", "retrouvee": "found", "trouve": "found",
    "trouvee": "found", "наиден": "found", "наидена": "found",
    "neatpazintas": "unidentified", "neatpazinta": "unidentified", "non identifie": "unidentified",
    "non identifiee": "unidentified", "неопознан": "unidentified", "неопознана": "unidentified",
}  # fmt: skip

CATEGORY = {
    "pabegimas": "runaway", "pabego": "runaway", "fugue": "runaway", "побег": "runaway",
    "taken by a parent": "parental_abduction", "tevu grobimas": "parental_abduction",
    "enlevement parental": "parental_abduction",
    "abduction": "third_person_abduction", "pagrobimas": "third_person_abduction",
    "enlevement": "third_person_abduction", "похищение": "third_person_abduction",
    "migrant": "unaccompanied_migrant", "nelydimas migrantas": "unaccompanied_migrant",
    "mineur non accompagne": "unaccompanied_migrant", "mna": "unaccompanied_migrant",
    "lost": "lost_injured_otherwise", "pasiklydo": "lost_injured_otherwise",
    "perdu": "lost_injured_otherwise", "suauges": "adult", "suaugusi": "adult", "suauges asmuo": "adult",
    "adulte": "adult", "взрослыи": "adult",
}  # fmt: skip

EYES = {
    "gray": "grey", "hazel": "brown",
    "melynos": "blue", "pilkos": "grey", "zalios": "green", "rudos": "brown", "juodos": "black",
    "bleus": "blue", "gris": "grey", "verts": "green", "marron": "brown", "marrons": "brown",
    "noirs": "black",
    "голубые": "blue", "синие": "blue", "серые": "grey", "зеленые": "green", "карие": "brown",
    "черные": "black",
}  # fmt: skip

HAIR = {
    "gray": "grey", "blonde": "blond", "bald": "none", "fair": "blond",
    "sviesus": "blond", "rudi": "brown", "tamsus": "brown", "juodi": "black", "raudoni": "red",
    "rusvi": "brown", "zili": "grey", "balti": "white", "plikas": "none",
    "blonds": "blond", "bruns": "brown", "chatains": "brown", "noirs": "black", "roux": "red",
    "gris": "grey", "blancs": "white", "chauve": "none",
    "светлые": "blond", "русые": "brown", "каштановые": "brown", "темные": "brown", "черные": "black",
    "рыжие": "red", "седые": "grey", "белые": "white",
}  # fmt: skip

YES = frozenset({"true", "yes", "1", "taip", "oui", "да", "y", "x"})
NO = frozenset({"false", "no", "0", "ne", "non", "нет", "n"})

COUNTRIES = {
    "lithuania": "LT", "lietuva": "LT", "lituanie": "LT", "литва": "LT", "lithuanian": "LT",
    "latvia": "LV", "latvija": "LV", "lettonie": "LV", "латвия": "LV", "latvian": "LV",
    "estonia": "EE", "estija": "EE", "estonie": "EE", "эстония": "EE",
    "poland": "PL", "lenkija": "PL", "pologne": "PL", "польша": "PL", "polish": "PL",
    "ukraine": "UA", "ukraina": "UA", "украина": "UA", "ukrainian": "UA",
    "belarus": "BY", "baltarusija": "BY", "bielorussie": "BY", "беларусь": "BY",
    "russia": "RU", "rusija": "RU", "russie": "RU", "россия": "RU", "russian": "RU",
    "germany": "DE", "vokietija": "DE", "allemagne": "DE", "германия": "DE",
    "france": "FR", "prancuzija": "FR", "франция": "FR", "french": "FR", "francaise": "FR",
    "united kingdom": "GB", "jungtine karalyste": "GB", "royaume uni": "GB", "великобритания": "GB",
    "ireland": "IE", "airija": "IE", "irlande": "IE", "ирландия": "IE",
    "norway": "NO", "norvegija": "NO", "norvege": "NO", "норвегия": "NO",
    "sweden": "SE", "svedija": "SE", "suede": "SE", "швеция": "SE",
    "moldova": "MD", "moldavie": "MD", "молдова": "MD",
    "lietuvos": "LT", "lietuve": "LT", "lietuvis": "LT", "latvijos": "LV", "lenkijos": "PL",
    "rusijos": "RU", "ukrainos": "UA", "baltarusijos": "BY",
}  # fmt: skip
"""Proposed, never read silently: a word for a country may stand for a language or a people."""

LANGUAGES = {
    "lithuanian": "lt", "lietuviu": "lt", "lituanien": "lt", "литовскии": "lt",
    "russian": "ru", "rusu": "ru", "russe": "ru", "русскии": "ru",
    "english": "en", "anglu": "en", "anglais": "en", "англиискии": "en",
    "polish": "pl", "lenku": "pl", "polonais": "pl", "польскии": "pl",
    "french": "fr", "prancuzu": "fr", "francais": "fr", "французскии": "fr",
    "german": "de", "vokieciu": "de", "allemand": "de", "немецкии": "de",
    "latvian": "lv", "latviu": "lv", "letton": "lv", "латышскии": "lv",
    "ukrainian": "uk", "ukrainieciu": "uk", "ukrainien": "uk", "украинскии": "uk",
    "belarusian": "be", "baltarusiu": "be", "bielorusse": "be", "белорусскии": "be",
}  # fmt: skip

NOT_KNOWN = frozenset(
    {"-", "–", "—", "?", "??", "...", "n/a", "unknown", "nežinoma", "nežinomas", "nera", "nėra",
     "inconnu", "inconnue", "неизвестно", "нет данных", "#n/a"}
)  # fmt: skip
"""What people write where they know nothing."""
