"""One comparator a file. To add one: write the file, name it below, give it weights and sentences.

Weights are in services/matching/weights.py, sentences in shared/wire/reasons.py.
"""

from services.matching.compare import (
    birth,
    birth_decade,
    columns,
    eye_colour,
    family_name,
    given_name,
    hair_colour,
    height,
    keys,
    languages,
    last_seen,
    marks,
    nationality,
    place,
    region,
    sex,
    twins,
)
from services.matching.compare.port import Comparator, load

NAMED: tuple[Comparator, ...] = (
    *(load(module) for module in (family_name, given_name, columns, birth, twins, place)),
    *keys.comparators(),
)
"""What shared match keys and the finer comparison say. In the order in which a person reads the reasons."""

DESCRIBED: tuple[Comparator, ...] = tuple(
    load(module)
    for module in (
        sex,
        birth_decade,
        height,
        eye_colour,
        hair_colour,
        languages,
        marks,
        nationality,
        region,
        last_seen,
    )
)
"""What the coded descriptions say; all there is for a person without a name."""

COMPARATORS: tuple[Comparator, ...] = NAMED + DESCRIBED
