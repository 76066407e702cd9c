"""The column of pseudonyms against a slow and plain comparison."""

import os
import random
import time

import numpy as np
import pytest

from services.matching.column import CaseRow, Column
from services.matching.keyless import KeylessCases
from services.matching.weights import SPECIFIC_VALUES
from shared.crypto.tags import padded_tags, tag
from shared.wire.codes import EyeColour, HairColour, Sex
from shared.wire.messages import Description


def test_a_column_finds_what_a_plain_comparison_finds() -> None:
    """Random puts, replacements and deletions, over merges; every band."""
    chance = random.Random(87)
    column, rows = Column(), {}
    for _ in range(60):
        batch = []
        for _ in range(30):
            key = chance.randrange(400)
            count = chance.choice([0, 1, 8, 24])
            band = chance.choice([0, 1980, 1990, 2000, 2010, 2020])
            rows[key] = CaseRow(key, band, chance.randbytes(16 * count))
            batch.append(rows[key])
        column.put(batch)
        wanted = chance.sample(sorted(rows), 12)
        chosen = [rows[key].pseudonyms[:16] for key in wanted if rows[key].pseudonyms]
        salt = chance.randbytes(16)
        tags = b"".join(padded_tags(salt, b"".join(chosen), 160))
        for band in (0, 1990, 2020):
            expected = {
                key
                for key in wanted
                if rows[key].pseudonyms
                and (not band or not rows[key].band or abs(rows[key].band - band) <= 10)
            }
            found = column.search(salt, tags, band)
            assert expected <= found
            # Rows of the unsorted end may be found whatever their band; scoring decides.
            assert found <= {key for key in wanted if rows[key].pseudonyms}
    assert len(column) == sum(len(row.pseudonyms) // 16 for row in rows.values())


def test_a_row_put_twice_at_once_counts_as_the_last() -> None:
    column = Column()
    old, new = os.urandom(16), os.urandom(16)
    column.put([CaseRow(1, 0, old), CaseRow(1, 0, new)])
    salt = os.urandom(16)
    for pseudonym, expected in ((old, set()), (new, {1})):
        assert column.search(salt, tag(salt, pseudonym), 0) == expected


def test_an_empty_column_answers() -> None:
    assert Column().search(bytes(16), os.urandom(8), 1990) == set()


@pytest.mark.slow
def test_two_million_pseudonyms_take_less_than_a_tenth_of_a_second() -> None:
    """DESIGN 5: 100,000 own cases of 24 keys. Processor time, so that a busy machine tells the same."""
    column = Column()
    data = np.random.default_rng(1).bytes(16 * 24 * 100_000)
    column.put(CaseRow(i, 1950 + i % 7 * 10, data[i * 384 : (i + 1) * 384]) for i in range(100_000))
    salt = os.urandom(16)
    tags = b"".join(padded_tags(salt, data[:16], 160))
    times = []
    for _ in range(5):
        start = time.process_time()
        assert column.search(salt, tags, 0) == {0}
        times.append(time.process_time() - start)
    assert min(times) < 0.1


def test_the_sieve_for_descriptions_loses_nothing() -> None:
    keyless = KeylessCases()
    alike = Description(
        sex=Sex.FEMALE,
        birth_decade=1990,
        eye_colour=EyeColour.BLUE,
        hair_colour=HairColour.RED,
        languages=["lt"],
    )
    marked = Description(marks=["scar:face", "tattoo:neck"])
    vague = Description(sex=Sex.FEMALE, birth_decade=1990)
    for row, description in enumerate((alike, marked, vague)):
        keyless.put(row, description)
    assert SPECIFIC_VALUES == 5
    assert keyless.search(alike) == {0}
    assert keyless.search(Description(marks=["tattoo:neck"])) == {1}
    assert keyless.search(Description()) == set()
    keyless.put(1, None)
    keyless.put(0, vague)
    assert keyless.search(Description(marks=["tattoo:neck"])) == set() == keyless.search(alike)
    assert len(keyless) == 2
