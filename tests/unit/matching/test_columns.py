"""The column of pseudonyms against a slow and plain comparison."""

import os
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from services.matching.column import CaseRow, Column
from services.matching.columns import LEAST_BYTES, SHARE_OF_MEMORY, default_bytes
from services.matching.keyless import KeylessCases
from services.matching.weights import SPECIFIC_VALUES
from shared.crypto.tags import TagFinder, padded_tags, tag
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
            assert set(found) == expected, "and no other band is looked at"
    assert len(column) == sum(len(row.pseudonyms) // 16 for row in rows.values())


def test_a_row_put_twice_at_once_counts_as_the_last() -> None:
    column = Column()
    old, new = os.urandom(16), os.urandom(16)
    column.put([CaseRow(1, 0, old), CaseRow(1, 0, new)])
    salt = os.urandom(16)
    for pseudonym, expected in ((old, set()), (new, {1})):
        assert set(column.search(salt, tag(salt, pseudonym), 0)) == expected


def test_what_is_replaced_or_deleted_is_gone_from_memory() -> None:
    """Rule 7, at once; its place is given back later, when a quarter of the band is gone."""
    column = Column()
    kept, erased = os.urandom(16), os.urandom(16)
    column.put([CaseRow(1, 1990, kept), CaseRow(2, 1990, erased)])
    column.put([CaseRow(2, 1990, b"")])
    [band] = column._bands.values()
    assert erased not in band.pseudonyms
    assert kept in band.pseudonyms
    assert len(column) == 1
    column.put([CaseRow(1, 1990, b"")])
    assert column.nbytes == 0


def test_a_row_that_comes_again_and_again_takes_no_more_room() -> None:
    column = Column()
    others = [CaseRow(row, 1990, os.urandom(16 * 24)) for row in range(1, 101)]
    column.put(others)
    before = column.nbytes
    for _ in range(400):
        last = os.urandom(16 * 24)
        column.put([CaseRow(50, 1990, last)])
        assert column.nbytes < before + 8192 * 16 + 400 * 12 + 16 * 24
    salt = os.urandom(16)
    for row, pseudonyms in ((50, last), (1, others[0].pseudonyms), (100, others[-1].pseudonyms)):
        assert set(column.search(salt, tag(salt, pseudonyms[:16]), 1990)) == {row}
    assert set(column.search(salt, tag(salt, others[49].pseudonyms[:16]), 1990)) == set()


def test_a_row_is_added_where_it_belongs_and_nothing_else_is_touched() -> None:
    column = Column()
    column.put(CaseRow(row, 1950 + row % 5 * 10, os.urandom(16 * 3)) for row in range(1000))
    before = {year: bytes(band.pseudonyms) for year, band in column._bands.items()}
    new = os.urandom(16 * 3)
    column.put([CaseRow(1000, 1970, new)])
    after = {year: bytes(band.pseudonyms) for year, band in column._bands.items()}
    assert after == {**before, 1970: before[1970] + new}


@pytest.mark.slow
def test_100_000_cases_take_40_megabytes_and_no_more_while_they_are_read() -> None:
    """Issue 3: at most 60 MB beside what is being read; what Python itself counts, its peak too."""
    data = os.urandom(16 * 24)
    tracemalloc.start()
    try:
        column = Column()
        for start in range(0, 100_000, 2_000):
            column.put(CaseRow(row, 1950 + row % 7 * 10, data) for row in range(start, start + 2_000))
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert column.nbytes == 100_000 * (24 * 16 + 12)
    assert now < 46e6
    assert peak < 60e6


def test_an_empty_column_answers() -> None:
    assert set(Column().search(bytes(16), os.urandom(8), 1990)) == set()


@pytest.mark.slow
def test_one_of_two_million_pseudonyms_is_found_alone() -> None:
    """100,000 own cases of 24 keys, of every band; how long it takes is measured by `make bench`."""
    column = Column()
    data = np.random.default_rng(1).bytes(16 * 24 * 100_000)
    column.put(CaseRow(i, 1950 + i % 7 * 10, data[i * 384 : (i + 1) * 384]) for i in range(100_000))
    salt = os.urandom(16)
    tags = b"".join(padded_tags(salt, data[:16], 160))
    assert set(column.search(salt, tags, 0)) == {0}


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
    assert set(keyless.search(alike)) == {0}
    assert set(keyless.search(Description(marks=["tattoo:neck"]))) == {1}
    assert set(keyless.search(Description())) == set()
    keyless.put(1, None)
    keyless.put(0, vague)
    assert set(keyless.search(Description(marks=["tattoo:neck"]))) == set() == set(keyless.search(alike))
    assert len(keyless) == 2


def test_a_description_is_added_where_it_belongs_and_nothing_else_is_touched() -> None:
    """Lines of what is gone are given to what comes; marks go with their row."""
    keyless = KeylessCases()
    for row in range(100):
        keyless.put(row, Description(sex=Sex.FEMALE, marks=["scar:face"] if row == 7 else []))
    table = keyless._table.copy()
    keyless.put(7, None)
    keyless.put(100, Description(sex=Sex.MALE, birth_decade=1990))
    assert (keyless._table != table).any(axis=1).sum() == 1
    assert set(keyless.search(Description(marks=["scar:face"]))) == set()
    assert len(keyless) == 100


def test_without_a_setting_columns_take_a_quarter_of_the_container(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    unlimited = default_bytes(limit)
    limit.write_text("max\n")
    assert default_bytes(limit) == unlimited
    limit.write_text(f"{1 << 30}\n")
    assert default_bytes(limit) == min(unlimited, (1 << 30) // SHARE_OF_MEMORY)
    limit.write_text("1000\n")
    assert default_bytes(limit) == LEAST_BYTES


def test_nobody_finds_what_is_gone_by_a_tag_of_zeros() -> None:
    """Everybody can make that tag. It found every pseudonym that was replaced or deleted, one by one: 2
    seconds for an alert where 90 ms are enough."""
    column = Column()
    column.put([CaseRow(row, 1990, os.urandom(16 * 24)) for row in range(50)])
    column.put([CaseRow(row, 1990, os.urandom(16 * 24)) for row in range(20)])
    salt = os.urandom(16)
    [band] = column._near(1990)
    assert band.gone == 20 * 24
    assert TagFinder(salt, tag(salt, bytes(16))).positions([band.pseudonyms]) == []


def test_values_that_only_alerts_have_fill_no_memory() -> None:
    """There are millions of regions to name."""
    keyless = KeylessCases()
    keyless.put(1, Description(sex=Sex.FEMALE, region="LT-VL"))
    known = len(keyless._codes)
    for number in range(100):
        assert not keyless.search(Description(region=f"LT-{number}", sex=Sex.MALE))
    assert len(keyless._codes) == known


def test_those_that_agree_in_most_count_most() -> None:
    column = Column()
    little, much = os.urandom(16), os.urandom(48)
    column.put([CaseRow(1, 0, little + os.urandom(32)), CaseRow(2, 0, much)])
    salt = os.urandom(16)
    tags = b"".join(padded_tags(salt, little + much, 160))
    assert column.search(salt, tags, 0) == {1: 1, 2: 3}
