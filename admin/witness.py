"""What one organisation keeps of another: heads of its audit log, and the highest numbers that came from it.

A partner writes this file for us when we want to prove our audit log, or after we restored a backup.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from admin.errors import AdminError
from admin.node import KEYED, Node
from services.intake.store.alerts import ReceiptEvidenceRow
from services.matching.domain.standing import State
from services.matching.store.tables import alert as alert_table
from shared.bus.topology import ORGANISATION
from shared.store.audit import Head
from shared.store.tables import AuditHeadRow, SequenceRow
from shared.wire.parties import Role
from shared.wire.values import Version

_STRICT = ConfigDict(frozen=True, extra="forbid")


class WitnessedHead(BaseModel):
    """The state of the log called `log` when it had `index` rows; 0 when that came in a receipt."""

    model_config = _STRICT
    log: str
    index: Annotated[int, Field(ge=0)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    def as_head(self) -> Head:
        """For the check; a witness's word carries no signature of ours."""
        return Head(self.log, self.index, bytes.fromhex(self.hash), datetime.fromtimestamp(0, UTC), b"")


class Received(BaseModel):
    """The highest number that arrived in a stream such as 'lt-vilnius/intake>fr-lyon/matching'."""

    model_config = _STRICT
    stream: str
    last: Annotated[int, Field(ge=1)]


class Held(BaseModel):
    """An alert of the other organisation that is live in our matching."""

    model_config = _STRICT
    alert: Annotated[str, Field(pattern="^alert_[a-z2-7]{26}$")]
    version: Version


class Witness(BaseModel):
    """The whole file."""

    model_config = _STRICT
    kind: Literal["myosotis witness"] = "myosotis witness"
    about: str
    by: str
    heads: list[WitnessedHead]
    received: list[Received]
    alerts: list[Held] = []

    def must_be_word_of(self, partner: str, about: str) -> None:
        """Refuse a file of another partner, or one that speaks of more than its writer has seen.

        The file is not signed, and whoever wrote it may mean ill: `partner`, whom the person named who brings
        it, has a say in what `about` sent to it and in nothing else. Raises AdminError.
        """
        if (self.by, self.about) != (partner, about):
            raise AdminError(
                f"This file is what {_shown(self.by)} says about {_shown(self.about)}, and not what "
                f"{partner} says about {about}: name the partner who gave it to you. Nothing was done."
            )
        theirs = {f"{about}/{here}>{partner}/{there}" for here in Role for there in Role}
        if not all(one.stream in theirs for one in self.received):
            raise AdminError(
                f"The witness file of {partner} speaks of messages that were never meant for {partner}. Do "
                "not use it, and telephone that partner. Nothing was done."
            )

    @classmethod
    def read(cls, path: Path) -> "Witness":
        """Raises AdminError for anything else."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError:
            raise AdminError(
                f"{path} is not a witness file: ask the partner to run `myosotis audit witness` again."
            ) from None


def _shown(name: str) -> str:
    """An id from a file that may hold anything."""
    return name if ORGANISATION.fullmatch(name) else "somebody"


def of(node: Node, organisation: str) -> Witness:
    """What this node keeps of `organisation`."""
    heads: dict[tuple[str, int, str], WitnessedHead] = {}
    received: list[Received] = []
    for service in KEYED:
        with node.database(service) as database, database.read() as session:
            prefix = f"{organisation}/"
            rows = session.scalars(select(AuditHeadRow).where(AuditHeadRow.log.startswith(prefix)))
            kept = [WitnessedHead(log=row.log, index=row.index, hash=row.hash.hex()) for row in rows]
            if service == "intake":
                evidence = select(ReceiptEvidenceRow).where(
                    ReceiptEvidenceRow.partner == organisation, ReceiptEvidenceRow.head_hash.is_not(None)
                )
                kept += [
                    WitnessedHead(log=f"{organisation}/matching", index=0, hash=row.head_hash)
                    for row in session.scalars(evidence)
                    if row.head_hash
                ]
            heads |= {(head.log, head.index, head.hash): head for head in kept}
            streams = select(SequenceRow).where(
                SequenceRow.direction == "in", SequenceRow.stream.startswith(prefix), SequenceRow.last > 0
            )
            received += [Received(stream=row.stream, last=row.last) for row in session.scalars(streams)]
    with node.database("matching") as database, database.read() as session:
        live = select(alert_table.c.alert, alert_table.c.version).where(
            alert_table.c.partner == organisation, alert_table.c.state == State.LIVE
        )
        alerts = [Held(alert=one, version=version) for one, version in session.execute(live)]
    ordered = sorted(heads.values(), key=lambda head: (head.log, head.index))
    return Witness(about=organisation, by=node.organisation, heads=ordered, received=received, alerts=alerts)
