"""The one family of errors that the domain raises; a message never repeats a person's data."""


class DomainError(Exception):
    """Something in the form does not fit and has to be changed before it can be saved."""

    def __init__(self, message: str | None = None) -> None:
        """`message` says what to do; without one the class's own sentence is used."""
        super().__init__(message or (type(self).__doc__ or "").strip())
