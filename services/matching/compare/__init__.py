"""One comparator a file. To add one: write the file, name it below, give it weights and sentences.

Weights are in services/matching/weights.py, sentences in shared/wire/reasons.py.
"""

from services.matching.compare import (
    birth_decade,
    eye_colour,
    hair_colour,
    height,
    languages,
    last_seen,
    marks,
    nationality,
    region,
    sex,
)
from services.matching.compare.port import Comparator, load

COMPARATORS: tuple[Comparator, ...] = tuple(
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
"""In the order in which a person reads the reasons."""
