"""The key of each case: made when the case begins, wrapped by the organisation's key, gone when erased."""

from sqlalchemy.orm import Session

from services.intake.handlers.errors import CaseErased
from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseKeyRow
from services.intake.store.fields import CASE_KEY
from shared.crypto.rest import RestCipher, new_key


class CaseVault:
    """Hands out the cipher of a case."""

    def __init__(self, context: Context) -> None:
        self._wrapping = RestCipher(context.keys.case_wrapping)
        self._clock = context.clock

    def create(self, session: Session, case_id: str) -> RestCipher:
        """Make the key of a new case, whose row must have been written before."""
        key = new_key()
        wrapped = CASE_KEY.seal(self._wrapping, case_id, key)
        session.add(CaseKeyRow(case_id=case_id, wrapped=wrapped, created_at=self._clock.now()))
        return RestCipher(key)

    def of(self, session: Session, case_id: str) -> RestCipher:
        """The cipher of an existing case; raises CaseErased if its key was destroyed."""
        row = session.get(CaseKeyRow, case_id)
        if row is None:
            raise CaseErased()
        return self.opened(case_id, row.wrapped)

    def opened(self, case_id: str, wrapped: bytes) -> RestCipher:
        """The cipher behind a wrapped key that was read already. Raises CannotDecrypt."""
        return RestCipher(CASE_KEY.open(self._wrapping, case_id, wrapped))

    def destroy(self, session: Session, case_id: str) -> None:
        """Make everything that the case's key encrypted unreadable for ever."""
        row = session.get(CaseKeyRow, case_id)
        if row is not None:
            session.delete(row)
            session.flush()
