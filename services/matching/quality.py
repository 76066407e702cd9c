"""What `myosotis matching quality` reports: kept decisions, and what waits on the desk. Counts only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.matching.deciding import OPEN, Weighing
from services.matching.domain.precision import Tally, tally
from services.matching.store.alerts import Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases
from services.matching.store.content import AlertContentSealer
from services.matching.store.kept import Kept, KeptDecisions
from services.matching.store.matches import Matches
from shared.crypto.rest import RestCipher
from shared.wire.codes import MatchState, Strength


@dataclass(frozen=True, slots=True)
class Report:
    """How good matching was, as far as people said."""

    by_strength: Mapping[Strength, Tally]
    """Each strength, the strongest first, also those of which nothing is known."""
    not_weighed: int
    """Shown pairs without a decision that are being compared anew, or cannot be read."""
    kept: Sequence[Kept]

    @property
    def together(self) -> Tally:
        """All strengths."""
        return sum(self.by_strength.values(), Tally())

    @property
    def months(self) -> tuple[int, int] | None:
        """The first and the last month of what is kept, such as 202611."""
        months = [one.month for one in self.kept]
        return (min(months), max(months)) if months else None

    @property
    def weights(self) -> Mapping[str, int]:
        """Under which weights how many were scored."""
        return Counter(one.weights_version for one in self.kept)


def report(session: Session, cipher: RestCipher) -> Report:
    """Read everything; weighs what waits as it is now. Raises CannotDecrypt for a damaged match (case 82)."""
    matches, kept = Matches(cipher), KeptDecisions(cipher).everything(session)
    weighing = Weighing(Alerts(AlertContentSealer(cipher)), Cases(cipher), Candidates(cipher))
    strengths: list[str] = []
    not_weighed = 0
    for row in matches.in_states(session, [state.value for state in OPEN]):
        if row.match.state != MatchState.NEW and row.kept is not None:
            continue  # it is among the decisions, as open
        weighed = weighing.now(session, row)
        if weighed is None:
            not_weighed += 1
        else:
            strengths.append(weighed[0].score.strength.value)
    found = tally([(one.strength.value, one.state.value) for one in kept], strengths)
    return Report({strength: found.get(strength.value, Tally()) for strength in Strength}, not_weighed, kept)
