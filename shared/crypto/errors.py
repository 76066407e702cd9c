"""Every way in which this package says no.

No message carries a key, a plaintext or anything about a person, and none is chained to the exception of the
library below: that one may hold bytes that nobody should print.
"""


class CryptoError(Exception):
    """A cryptographic operation was refused."""


class BadSigningKey(CryptoError):
    """A signing key is damaged or of a kind under which anybody could forge signatures."""


class BadSignature(CryptoError):
    """A signature does not belong to this message and this key."""


class BadSealingKey(CryptoError):
    """A sealing key is damaged or of a kind that would not hide anything."""


class CannotOpen(CryptoError):
    """A sealed message was changed on its way or was sealed for another key."""


class CannotDecrypt(CryptoError):
    """A stored value was changed, moved to another place, or encrypted under another key."""


class BadPoint(CryptoError):
    """A batch to be pseudonymised holds something that is not a blinded match key."""


class BadEvaluation(CryptoError):
    """A partner's pseudonyms do not come from the key that the partner announced."""


class KeyFileError(CryptoError):
    """The key file cannot be used."""


class WrongPassphrase(KeyFileError):
    """The passphrase does not open this key file."""


class DamagedKeyFile(KeyFileError):
    """The key file is incomplete or was changed."""


class UnsafeKeyFile(KeyFileError):
    """The key file, or the file with its passphrase, can be reached by others on this machine."""


class KeyFileMissing(KeyFileError):
    """There is no key file at this place."""


class KeyFileExists(KeyFileError):
    """There is a key file at this place already, and it is not overwritten."""


class KeyFileNotWritten(KeyFileError):
    """The key file could not be written; what was there before is unchanged."""


class WeakPassphrase(KeyFileError):
    """The passphrase or secret is empty or too short to protect anything."""


class MissingKey(KeyFileError):
    """The key file was opened, but holds no key of this name."""


class SelfTestFailed(CryptoError):
    """This machine computes wrong results or has no usable randomness, so the service must not start."""
