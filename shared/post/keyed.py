"""What the commands of the two services with keys share, and notify must not import."""

from shared.crypto.errors import KeyFileError, KeyFileNotWritten
from shared.crypto.selftest import SelfTestFailed
from shared.partners import founding
from shared.partners.bundle import BadCardFile, CardFile
from shared.partners.founding import CannotBegin
from shared.runtime import log
from shared.runtime.settings import ServiceSettings, SettingsError

OWN_CARD = "own.card"
MENDABLE = (KeyFileError, SelfTestFailed, BadCardFile, CannotBegin)
"""Problems whose sentence says what to do."""


def own_card(settings: ServiceSettings) -> CardFile:
    """The organisation's own card, which lies beside the key file. Raises BadCardFile or SettingsError."""
    if settings.key_file is None:
        raise SettingsError("this service has no key file and so no card beside it")
    path = settings.key_file.with_name(OWN_CARD)
    try:
        return CardFile.decode(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def forget_first_key(settings: ServiceSettings) -> None:
    """Called when the first sealing key is safely in the database; a read-only key file is only reported."""
    if settings.key_file is None:
        return
    try:
        founding.forget_first_key(settings.key_file, settings.passphrase())
    except KeyFileNotWritten:
        log.get("keys").warning("first_key_kept")
