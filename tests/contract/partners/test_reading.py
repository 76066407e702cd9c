"""What the desk only shows, it reads in a reading session: PostgreSQL refuses to lock a row there."""

from pathlib import Path

import pytest

from shared.partners import verification
from shared.partners.directory import Directory
from shared.partners.tables import PartnersBase
from shared.partners.verification import VerificationError
from tests.support.database import KINDS, new_database
from tests.unit.partners.world import NOW, card, signed


@pytest.mark.database
@pytest.mark.parametrize("kind", KINDS)
def test_the_twelve_words_need_no_lock(kind: str, tmp_path: Path) -> None:
    database = new_database(kind, tmp_path)
    try:
        PartnersBase.metadata.create_all(database.engine)
        with database.begin() as session:
            assert Directory("fr-lyon").add_card(session, signed(card()), NOW, own=True).refused is None
        with database.read() as session:
            assert len(verification.words_of(session, "fr-lyon")) == 12
            with pytest.raises(VerificationError, match="not in the directory"):
                verification.words_of(session, "lv-riga")
    finally:
        database.dispose()
