"""What our own intake says of pairs that share a match key."""

from sqlalchemy.orm import Session

from services.matching.continuing import Continuing
from services.matching.handlers.bodies import body_of
from services.matching.store.alerts import AlertKey
from services.matching.store.candidates import Candidates
from shared.post.incoming import Incoming
from shared.runtime.clock import Clock
from shared.wire.local import CandidateCompared


class CandidateHandlers:
    """The handler of `candidate.compared`."""

    def __init__(self, candidates: Candidates, continuing: Continuing, clock: Clock) -> None:
        self._candidates = candidates
        self._continuing = continuing
        self._clock = clock

    def compared(self, session: Session, incoming: Incoming) -> None:
        """Keep the answer and take up the pair; nothing if nobody waits for it any more.

        A second answer, one about an older version, and one about what is gone find no row that waits.
        """
        body = body_of(incoming, CandidateCompared)
        key, versions = AlertKey(body.partner, body.alert), (body.alert_version, body.case_version)
        now = self._clock.now()
        if self._candidates.answered(session, key, body.case, versions, body.agreement, now):
            self._continuing.resume(session, key, body.case)
