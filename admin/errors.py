"""What a person can mend is told in one sentence; everything else is named by type and place, never quoted.

An exception of a library may carry somebody's data in its message, so its text is never shown.
"""

import errno
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from admin.nodes import NodeExists
from services.intake.domain.errors import DomainError
from services.intake.handlers.errors import IntakeError
from services.notify.admin import NothingParked
from services.notify.channels.base import ChannelNotUsable
from services.notify.domain.rota import BadRota
from services.notify.store.people import NoSuchPerson
from shared.bus.certificates import CertificateProblem
from shared.bus.port import BusError
from shared.bus.topology import BadOrganisationId
from shared.crypto.errors import CryptoError
from shared.partners.bundle import BadCardFile
from shared.partners.fingerprint import BadQrText
from shared.partners.founding import CannotBegin
from shared.partners.verification import VerificationError, WrongState
from shared.partners.view import CannotSend
from shared.post.process import WrongService
from shared.runtime.clock import ClockJumped
from shared.runtime.settings import SettingsError
from shared.store.audit_check import ForkedLog
from shared.store.engine import UnsupportedDatabase
from shared.store.schema import BrokenSchema
from shared.wire.codes import PartnerStatus
from shared.wire.reject import Reject


class AdminError(Exception):
    """This could not be done; the message says what to do."""


_NEXT_STEP = {
    PartnerStatus.UNVERIFIED: "compare its words first: `myosotis partner compare {partner}`",
    PartnerStatus.COMPARED: "a second person approves it: `myosotis partner approve {partner}`",
    PartnerStatus.VERIFIED: "the exchange goes on already; `myosotis partner suspend {partner}` stops it",
    PartnerStatus.SUSPENDED: "two people start it again: `myosotis partner restart {partner}`",
    PartnerStatus.SUSPECT: "telephone it; two people start it again: `myosotis partner restart {partner}`",
    PartnerStatus.LEFT: "ask it for a new card, and begin with `myosotis partner add FILE`",
}


_SPEAK_FOR_THEMSELVES: tuple[type[Exception], ...] = (
    AdminError,
    BadCardFile,
    BadOrganisationId,
    BadQrText,
    BadRota,
    BrokenSchema,
    BusError,
    CannotBegin,
    CannotSend,
    CertificateProblem,
    ChannelNotUsable,
    ClockJumped,
    CryptoError,
    DomainError,
    ForkedLog,
    IntakeError,
    NoSuchPerson,
    NodeExists,
    NothingParked,
    SettingsError,
    UnsupportedDatabase,
    VerificationError,
    WrongService,
)


def sentence(error: BaseException) -> str:
    """One sentence for a person: what happened and what to do."""
    if isinstance(error, WrongState) and error.status in _NEXT_STEP:
        return f"{error}: {_NEXT_STEP[error.status].format(partner=error.partner)}."
    if isinstance(error, _SPEAK_FOR_THEMSELVES):
        text = str(error) or (type(error).__doc__ or "").strip()
        return " ".join(text.split())
    if isinstance(error, Reject):
        return f"This document was refused: {error.code.sentence}"
    if isinstance(error, DBAPIError):
        return _database(error)
    if isinstance(error, OSError) and error.strerror:
        return _file(error)
    return (
        f"Something unexpected happened ({_where(error)}). Nothing more was changed; run `myosotis doctor`, "
        "and send this line to whoever looks after the software."
    )


def is_damaged(error: BaseException) -> bool:
    """Whether SQLite says that its file is not, or no longer, a database."""
    original = getattr(error, "orig", None)
    known = ("not a database", "malformed", "corrupt")
    return isinstance(original, sqlite3.DatabaseError) and any(one in str(original) for one in known)


def damaged(which: str) -> str:
    """What to do about such a file."""
    return (
        f"{which} is damaged: stop the services, keep a copy of the file, and restore the newest backup "
        "(OPERATIONS, 7. Backup and restore)."
    )


def _file(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    if isinstance(error, FileNotFoundError):
        advice = "Check the path; a file of the node comes back from a backup (OPERATIONS, 7)."
    elif isinstance(error, PermissionError):
        advice = "Run this as the owner of the node's folder, or as root."
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        advice = "Free some space, then try again."
    else:
        advice = "Check the path and its rights, then try again."
    return f"{place}{error.strerror}. {advice}"


def _database(error: SQLAlchemyError) -> str:
    """The database's own text may quote a row, so only its kind is told."""
    original = getattr(error, "orig", None)
    if is_damaged(error):
        return damaged("A database of this node")
    kind = str(original) if isinstance(original, sqlite3.OperationalError) else ""
    if "no such table" in kind:
        return "The database has no tables yet: run `myosotis migrate` first."
    if "full" in kind:
        return "The disk with the database is full: free some space; nothing half was written."
    if "readonly" in kind or "unable to open" in kind:
        return "The database file cannot be opened for writing: check its folder, its owner and its rights."
    if type(original).__name__ == "UndefinedTable":
        return "The database has no tables yet: run `myosotis migrate` first."
    return (
        f"The database did not do what it was asked ({type(original).__name__}): "
        "check that it runs and that this command may reach it, then try again."
    )


def _where(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    name = type(error).__name__
    if place is None:
        return name
    return f"{name} at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
