"""Which page of a long list an address asks for."""

from flask import request


def page_number() -> int:
    """The number of the page in the address; anything else is the first."""
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
