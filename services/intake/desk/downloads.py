"""Files that a person saves."""

from flask import Response


def download(data: bytes, name: str, mimetype: str) -> Response:
    """A file under a name of ours; never shown inside a page."""
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
