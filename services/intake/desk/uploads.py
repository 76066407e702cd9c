"""A file that came with a form."""

from flask import request


def sent_file(field: str) -> tuple[str, bytes]:
    """Its name as the browser wrote it and its bytes; both empty when none was chosen."""
    sent = request.files.get(field)
    return (sent.filename or "", sent.read()) if sent is not None else ("", b"")
