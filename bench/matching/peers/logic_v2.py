"""nomenklatura's logic-v2 over the likeliest pairs; it compares a thousand a second, so not all can be."""

from typing import Any

from bench.matching.peers.rows import Row, Scored, Tables, library

_NEAREST = 5
"""Cases an alert is compared with: so many of the most similar folded names, and all of its birth date."""
_COLUMNS = {
    "given_name": "firstName",
    "family_name": "lastName",
    "date_of_birth": "birthDate",
    "sex": "gender",
    "nationality": "nationality",
}


def run(tables: Tables) -> Scored:
    """Scores of the rules as they are shipped."""
    algorithm = library("nomenklatura.matching").LogicV2
    config = algorithm.default_config()
    model = library("followthemoney").model
    left = [_entity(model, row, f"case-{row.id}") for row in tables.left]
    right = [_entity(model, row, f"alert-{row.id}") for row in tables.right]
    found: Scored = []
    for other, ones in enumerate(_candidates(tables)):
        for one in ones:
            score = algorithm.compare(right[other], left[one], config).score
            if score > 0:
                found.append((tables.left[one].id, tables.right[other].id, float(score)))
    return found


def _candidates(tables: Tables) -> list[set[int]]:
    numpy, cdist = library("numpy"), library("rapidfuzz.process").cdist
    similarity = library("rapidfuzz.distance").JaroWinkler.similarity
    born: dict[str, set[int]] = {}
    for place, row in enumerate(tables.left):
        if len(row.born) == 10:
            born.setdefault(row.born, set()).add(place)
    found: list[set[int]] = []
    ours = [_sorted(row) for row in tables.left]
    for start in range(0, len(tables.right), 500):
        some = tables.right[start : start + 500]
        table = cdist(
            [_sorted(row) for row in some], ours, scorer=similarity, dtype=numpy.float32, workers=-1
        )
        nearest = numpy.argpartition(-table, _NEAREST, axis=1)[:, :_NEAREST]
        for row, places in zip(some, nearest, strict=True):
            found.append({int(place) for place in places} | born.get(row.born, set()))
    return found


def _sorted(row: Row) -> str:
    return " ".join(sorted(f"{row.given} {row.family}".split()))


def _entity(model: Any, row: Row, name: str) -> Any:
    entity = model.make_entity("Person")
    entity.id = name  # it keeps names by id: one used twice would be compared with what was there first
    for column, prop in _COLUMNS.items():
        if value := row.raw.get(column):
            entity.add(prop, value, cleaned=False)
    entity.add("name", f"{row.raw.get('given_name') or ''} {row.raw.get('family_name') or ''}".strip())
    for other in (row.raw.get("alternate_names") or "").split("|"):
        entity.add("alias", other)
    if row.year is not None and not row.born:
        entity.add("birthDate", str(row.year))
    return entity
