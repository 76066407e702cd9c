"""The errors of the use cases. Each docstring is what a person reads; none holds a person's data."""


class IntakeError(Exception):
    """This could not be done."""

    def __init__(self, message: str | None = None) -> None:
        """`message` says what to do; without one the class's own sentence is used."""
        super().__init__(message or (type(self).__doc__ or "").strip())


class NotFound(IntakeError):
    """There is no such record here."""


class NotAllowed(IntakeError):
    """Your role does not allow this; ask somebody whose role does."""


class NotSignedIn(IntakeError):
    """Please sign in again."""


class SignInFailed(IntakeError):
    """Signing in did not work. Check login and password; after several attempts, wait a few minutes."""


class WrongCode(IntakeError):
    """This code is not right, or was used. Take the next one; after several attempts, wait a few minutes."""


class NotProved(IntakeError):
    """That was not right. After several attempts, wait a few minutes."""


class MustChangePassword(IntakeError):
    """Another person chose this password: set your own first. It opens nothing else."""


class WeakPassword(IntakeError):
    """A password has at least 12 characters and is not your login; four unrelated words do well."""


class LinkNotGood(IntakeError):
    """This link is not good any more: it works once and for a short time. Ask for a new one."""


class OwnAccount(IntakeError):
    """Nobody switches off their own account, or takes its second step away here; ask a colleague."""


class LoginTaken(IntakeError):
    """Somebody has this login already; choose another one."""


class BadField(IntakeError):
    """A field does not fit; the message says which one and what belongs there."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class EditConflict(IntakeError):
    """Somebody else changed this case meanwhile; look at the newer version and enter your change again."""

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version
        """The version that is stored now."""


class MatchMoved(IntakeError):
    """This possible match changed while you looked at it. Look at it again before you decide."""


class CaseErased(IntakeError):
    """This case was erased; only that it existed is still known."""


class DraftTooLong(IntakeError):
    """This draft is longer than one can be; shorten the long texts."""


class OrderIsNotYours(IntakeError):
    """A protection order is taken away by a safeguarding lead only; ask one."""


class SamePersonAgain(IntakeError):
    """A second person has to allow this: not who registered the case or checked who is asking."""


class ReasonNeeded(IntakeError):
    """Write in a sentence why; it is kept with the case."""


class BatchUndone(IntakeError):
    """This import was already taken back."""


class BatchInUse(IntakeError):
    """A case of this import is shared with partners; withdraw its alert before taking the import back."""


class ImportRunning(IntakeError):
    """This table is being registered already; let it come to its end, or take the import back afterwards."""


class CannotShare(IntakeError):
    """This alert cannot be shared as it is; the message says what is missing."""


class TooIdentifying(IntakeError):
    """So much is ticked that it may say who the person is. Tick less, or write why it is necessary."""


class PartnerNotVerified(IntakeError):
    """This partner is not verified, so nothing can be sent to it; compare the twelve words first."""

    def __init__(self, partner: str) -> None:
        super().__init__(
            f"{partner} is not a verified partner, so nothing can be sent to it. "
            "Compare the twelve words by phone and have a second person approve it."
        )
        self.partner = partner


class NotYetDecided(IntakeError):
    """A partner can be told only about a match that somebody judged probable or confirmed."""


class EpochStillOpen(IntakeError):
    """The last change of the pseudonym key is not finished; wait until the partner has caught up."""


class CardNotTaken(IntakeError):
    """This organisation card or sealing key was refused; ask the partner for a new one."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The card was refused ({code}). Ask the partner to send its newest card.")
        self.code = code


class NothingToImport(IntakeError):
    """No row of this table can be saved: each is here already, or has a problem that the dry run names."""


class PhotoNotTaken(IntakeError):
    """This is a HEIC picture, as many telephones take them. Save it as JPEG and send that one."""


class PhotoUnknown(IntakeError):
    """This is not a picture that can be read here. Send a JPEG, PNG or WebP."""


class PhotoTooLarge(IntakeError):
    """This picture is too large: at most 10 MB and 40 million pixels. Save a smaller copy and send that."""


class PhotoBroken(IntakeError):
    """This picture is damaged or was cut off on its way. Send it again, or another copy of it."""


class PhotoTooMany(IntakeError):
    """A case has at most five photos. Remove one before you add another."""


class TooBusy(IntakeError):
    """Several pictures are being read just now. Try again in a minute."""


class AttachmentEmpty(IntakeError):
    """There is nothing in this file. Choose another one."""


class AttachmentTooLarge(IntakeError):
    """This file is too large: at most 10 MB."""


class AttachmentTooMany(IntakeError):
    """A case has at most twenty attachments. Remove one before you add another."""


class PaperInUse(IntakeError):
    """A consent names this paper as what was signed, so it stays as long as the case."""
