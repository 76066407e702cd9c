"""What a request has to look like before anything else of it is read."""

import re
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError

LARGEST_HEAD = 16 * 1024
_FIRST_LINE = re.compile(rb"[A-Z]{1,16} /[\x21-\x7e]{0,4093} HTTP/1\.[01]\r\n")
_REFUSED = re.compile(rb"[ \t]{64}|\ntransfer-encoding[ \t]*:", re.IGNORECASE)
"""Blanks, because waitress's pattern for a header takes time with the square of their number: 15 seconds for
32,000. And a body says how long it is: no two ways to read where a request ends."""


class StrictRequest(HTTPRequestParser):  # type: ignore[misc]
    """One request per connection, in the forms that browsers and programs send."""

    error: Any

    def received(self, data: bytes) -> int:
        """Take in the next piece; the number of bytes that belong to this request."""
        consumed: int = super().received(data)
        if self.error is not None:
            self.expect_continue = False  # or waitress would ask for the rest of what it has refused
            self.error.body = ""  # or it would repeat what was sent
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read first line and headers. Raises ParsingError, which is answered with 400."""
        if _FIRST_LINE.match(header_plus) is None or _REFUSED.search(header_plus) is not None:
            raise ParsingError("refused")
        try:
            super().parse_header(header_plus)
        except ValueError as problem:
            raise ParsingError("refused") from problem  # such as a length with 5,000 digits
        self.headers["CONNECTION"] = "close"
