"""Why a notice did not go out: codes that may be stored, logged and sent, and a sentence for each.

A mail server's own words are never kept: they may quote an address.
"""

NO_CHANNEL = "no_channel"
AGAIN_LATER = "again_later"
OUTCOME_UNKNOWN = "outcome_unknown"
UNEXPECTED = "unexpected_error"
ADDRESS_REFUSED = "address_refused"
SENDER_REFUSED = "sender_refused"
MESSAGE_REFUSED = "message_refused"
LOGIN_REFUSED = "login_refused"
LOGIN_UNREADABLE = "login_unreadable"
SERVER_REFUSED = "server_refused"
SERVER_SILENT = "server_silent"
NO_STARTTLS = "no_starttls"
CERTIFICATE = "certificate"

_SENTENCES = {
    AGAIN_LATER: "people were told of it a short while ago: after a pause they are told once more",
    NO_CHANNEL: "no channel reaches the people on duty: set [smtp] in notify's service.toml",
    OUTCOME_UNKNOWN: "twice the line broke before the server said whether it took the notice: "
    "ask the person whether it came, then retry or leave it",
    UNEXPECTED: "the channel failed in a way it does not know: look in notify's log for the place",
    ADDRESS_REFUSED: "the mail server does not take the person's address: correct it in the rota, then retry",
    SENDER_REFUSED: "the mail server does not take our sender address: correct smtp.sender, then retry",
    MESSAGE_REFUSED: "the mail server does not take the message: ask its administrator, then retry",
    LOGIN_REFUSED: "the mail server does not take our login: correct smtp.user and the password, then retry",
    LOGIN_UNREADABLE: "the mail password cannot be used: make smtp.password_file readable and plain ASCII",
    SERVER_REFUSED: "the mail server turns us away: ask its administrator whether it may be used from here",
    SERVER_SILENT: "the mail server does not answer: check smtp.host, smtp.port and the network",
    NO_STARTTLS: "the mail server offers no encryption: switch it on there, or set smtp.starttls = false",
    CERTIFICATE: "the mail server's certificate is not valid for its name: correct it or smtp.host",
}

CODES = tuple(_SENTENCES)


def with_number(code: str, number: int) -> str:
    """'address_refused.550': a reason with the server's three-digit answer."""
    return f"{code}.{number}"


def explain(reason: str | None) -> str:
    """What a reason means and what to do, for an administrator."""
    if reason is None:
        return ""
    code, _, number = reason.partition(".")
    sentence = _SENTENCES.get(code, "not known to this version")
    return f"{sentence} (the server answered {number})" if number else sentence
