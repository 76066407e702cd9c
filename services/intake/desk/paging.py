"""Which page of a long list an address, or a form, asks for."""

from flask import request
from werkzeug.datastructures import MultiDict


def page_number() -> int:
    """The number of the page in the address; anything else is the first."""
    return page_in(request.args)


def page_in(values: MultiDict[str, str]) -> int:
    """The same in a form."""
    text = values.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
