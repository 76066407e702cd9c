"""The words of a name that tell who somebody is: no titles, particles, patronymics or placeholders."""

import re
import unicodedata

from services.intake.domain.names.lookalikes import one_script
from services.intake.domain.names.placeholders import is_placeholder, named

MAX_CHARACTERS = 200
"""Of a longer text only the start is read: no person's name is as long."""
MAX_WORDS = 12

_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´ʹ′ʻʿʾ")
_GERESH = re.compile(r"([גזצץת])['’׳´`]")
_HEBREW_SOUND = {"ג": "ז", "ז": "ז", "צ": "צ", "ץ": "צ", "ת": "ת"}
"""ג׳ is the j of George, צ׳ the ch of Chaim in English: both are sibilants, as are these letters."""
_ASIDE = re.compile(r'"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|‹([^›]*)›|\(([^)]*)\)|\[([^\]]*)\]')
"""A nickname in quotation marks, a birth name in brackets."""
_WITH_HYPHEN = re.compile(r"\b(?:al|el|ul|as|ash|ad|ar|an|at|az)-(?=\w{3})|\b(?:г-н|г-жа|гр-н|гр-ка|д-р)\b")
"""Arabic articles and Russian titles."""
_JOINED = re.compile(
    r"\b(mc|mac|abu|abou|abd|abdul|abdel|abdal)[ -]+(?:(?:al|el|ar|ur|as|us)[ -]+)?(?=\w{3})"
)
"""Parts that others write together with what follows: Mac Donald, Abu Bakr, Abd al-Rahman."""
_SERVANT = re.compile(r"\babd(?:al|el|ul|ol|ur|ar|us|as|u|e)(?=[^aeiouyl\W]\w\w)|\bعبد\s*ال(?!له)")
"""Abdulrahman, Abdelkader, عبد الرحمن: all begin with Abd, the article goes."""
_GOD = re.compile(r"\bعبد\s+(?=الله)")
_NO_LETTER = re.compile(r"[^\w]+|_|\d")

_PARTICLES = frozenset("""
    af al av bin bint binti da dal dalla das de degli dei del della den der des di do dos du el ibn la las le
    los ou ould van vander vom von zu zum zur ter ten und бен бин ван вон де дер ди дю ибн фон эль аль оглы
    оглу кызы улы кизи ogli oglu oglo ogly oghlu kyzy kizi qizi gizi uly ίων του τον بن ابن بنت ال בן בת
    """.split())  # fmt: skip  # noqa: SIM905
_ONLY_TITLES = frozenset("""
    dr prof mr mrs ms miss mister mme mlle mgr dipl phd md mba jr sr ii iii doctor professor
    herr herrn frau fraulein fräulein monsieur madame mademoiselle maitre pani signora señor señora senor
    senora
    ponas ponia panele panelė kungs kundze kdze slecna slečna
    nee née né geb geborene geboren urozhd mergautine mergautinė rozena
    гн гжа господин госпожа пані панна спадар спадарыня доктор др проф профессор професор мистер миссис
    урожденная урождённая урожд гражданин гражданка гр тов
    κος κα κυριος κυρια κυριε δρ دكتور السيد السيدة גברת דר
    """.split())  # fmt: skip  # noqa: SIM905
_TITLES = _ONLY_TITLES | frozenset("""
    doktor ing inz junior senior sir lady lord dame rev fr hr pan pana panna pane kun kunigas doc hab med
    habil hon
    haji hajji sheikh sayyid sayed syed mullah ne born dzim roz
    пан дев ур סח מר
    """.split())  # fmt: skip  # noqa: SIM905
"""These are names of people as well, where nothing else is left."""
_FATHERS_DAUGHTER = re.compile(
    r"\w{2,}(?:[oe]vn[ayo]\w{0,2}|ichn[ay]|ownn?[ay]|(?:ов|ев|ёв|ів|їв|ич)н[аыеуіо]й?ю?|(?:оў|еў|аў)н[аыеу])"
)
_FATHERS_SON = re.compile(
    r"\w{2,}(?:[oeyi]v[iy](?:ch|č|c|cz|tch|tsch|tj)|ow?[iy]cz|ewicz|(?:ов|ев|ьев|йов|ёв|аў|ав)[иіы]ч[ауе]?м?|ьич|ович)"
)


def words(name: str) -> list[str]:
    """The name's words in lower case, in order; those in quotes or brackets come last.

    A placeholder has none. Where nothing but particles, and titles that are names as well, is left, these are
    the words.
    """
    text = name[:MAX_CHARACTERS]
    if is_placeholder(text):
        return []
    if not text.isascii():
        text = _GERESH.sub(lambda match: _HEBREW_SOUND[match[1]], text)
    aside = [part for groups in _ASIDE.findall(text) for part in groups]
    if aside:
        text = _ASIDE.sub(" ", text)
    found = [word for part in (text, *aside) for word in _split(part)]
    return found[:MAX_WORDS]


def _split(text: str) -> list[str]:
    plain = text.translate(_APOSTROPHES).casefold()
    if not plain.isascii():
        plain = "".join(_mark(character) for character in unicodedata.normalize("NFKC", plain))
    plain = _JOINED.sub(r"\1", _WITH_HYPHEN.sub("", plain))
    plain = _GOD.sub("عبد", _SERVANT.sub(_abd, plain))
    found = [one_script(word) for word in _NO_LETTER.split(plain) if word]
    proper = [word for word in found if word not in _PARTICLES and word not in _TITLES]
    # Pan, Van and Lord are names where nothing else is left; Mrs never is.
    return _without_fathers(named(proper or [word for word in found if word not in _ONLY_TITLES]))


def _abd(match: re.Match[str]) -> str:
    return "abd" if match[0].isascii() else "عبد"


def _mark(character: str) -> str:
    """Nothing for points, accents that stand alone and direction marks, else the character."""
    category = unicodedata.category(character)
    return "" if category in ("Mn", "Me", "Cf") else " " if category == "Mc" else character


def _without_fathers(found: list[str]) -> list[str]:
    """Leave patronymics out: a daughter's if another word remains, a son's if two remain.

    Of two words the son's form may be a surname (Anna Stefanovich).
    """
    if len(found) < 2:
        return found
    found = [word for word in found if not _FATHERS_DAUGHTER.fullmatch(word)] or found
    if len(found) < 3:
        return found
    left = [word for word in found if not _FATHERS_SON.fullmatch(word)]
    return left if len(left) >= 2 else found
