"""Translation with types: Flask-Babel has none."""

import flask_babel


def gettext(text: str, **values: object) -> str:
    """`text` in the reader's language, with its places filled."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same for something counted."""
    return str(flask_babel.ngettext(one, many, num, **values))
