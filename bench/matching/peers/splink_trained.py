"""Splink, trained on labelled pairs: half of the alerts with their truth, to score the other half."""

import logging
from typing import Any

from bench.matching.peers.rows import Row, Scored, Tables, library

_BLOCKS = (
    ("family",),
    ("born",),
    ("given", "year"),
    ("substr(family, 1, 3)", "year"),
    ("substr(family, 1, 2)", "substr(given, 1, 2)"),
    ("substr(given, 1, 3)", "substr(born, 6, 5)"),
)
_TYPES = dict.fromkeys(("unique_id", "given", "family", "born", "sex", "nationality", "place"), "string")
_TYPES |= {"year": "Int64", "guessed": "bool"}  # said, because a column without a value would have none
_DATE = "born_l is not null and born_r is not null"


def run(tables: Tables) -> Scored:
    """Match weights of all blocked pairs, each from a model that has not seen its alert."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    found: Scored = []
    for half in (0, 1):
        seen = {row.id for place, row in enumerate(tables.right) if place % 2 == half}
        labels = [pair for pair in sorted(tables.truth) if pair[1] in seen]
        found += [pair for pair in _scored(tables, labels) if pair[1] not in seen]
    return found


def _scored(tables: Tables, labels: list[tuple[str, str]]) -> Scored:
    pandas, splink = library("pandas"), library("splink")
    database = splink.DuckDBAPI()

    def register(rows: list[Row], name: str) -> Any:
        frame = pandas.DataFrame([_columns(row) for row in rows]).astype(_TYPES)
        return database.register(frame, dataset_display_name=name)

    linker = splink.Linker(
        [register(tables.left, "cases"), register(tables.right, "alerts")], _settings(), log_level=None
    )
    frame = pandas.DataFrame(labels, columns=["unique_id_l", "unique_id_r"])
    frame.insert(0, "source_dataset_l", "cases")
    frame.insert(2, "source_dataset_r", "alerts")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_m_from_pairwise_labels(database.register(frame, dataset_display_name="labels"))
    pairs = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    found: Scored = []
    for row in pairs.itertuples():
        ids = {row.source_dataset_l: row.unique_id_l, row.source_dataset_r: row.unique_id_r}
        found.append((ids["cases"], ids["alerts"], float(row.match_weight)))
    return found


def _columns(row: Row) -> dict[str, object]:
    return {
        "unique_id": row.id,
        "given": row.given or None,
        "family": row.family or None,
        "born": row.born or None,
        "year": row.year,
        "guessed": row.guessed,
        "sex": row.sex or None,
        "nationality": row.nationality or None,
        "place": row.place or None,
    }


def _settings() -> Any:
    splink, levels = library("splink"), library("splink.comparison_level_library")
    comparisons = library("splink.comparison_library")

    def name(column: str, other: str) -> Any:
        return comparisons.CustomComparison(
            output_column_name=column,
            comparison_levels=[
                levels.NullLevel(column),
                levels.ExactMatchLevel(column, term_frequency_adjustments=True),
                levels.CustomLevel(f"{column}_l = {other}_r or {other}_l = {column}_r", "swapped"),
                levels.JaroWinklerLevel(column, 0.92),
                levels.JaroWinklerLevel(column, 0.85),
                levels.JaroWinklerLevel(column, 0.8),
                levels.JaroWinklerLevel(column, 0.7),
                levels.JaroWinklerLevel(column, 0.6),
                levels.ElseLevel(),
            ],
        )

    swapped = "substr(born_l, 6, 2) = substr(born_r, 9, 2) and substr(born_l, 9, 2) = substr(born_r, 6, 2)"
    birth = comparisons.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            levels.CustomLevel("year_l is null or year_r is null", "unknown").configure(is_null_level=True),
            levels.CustomLevel(f"{_DATE} and born_l = born_r and length(born_l) = 10", "same date"),
            levels.CustomLevel(
                f"{_DATE} and length(born_l) = 10 and length(born_r) = 10 and year_l = year_r and {swapped}",
                "day and month swapped",
            ),
            levels.CustomLevel(f"{_DATE} and damerau_levenshtein(born_l, born_r) = 1", "one letter"),
            levels.CustomLevel(f"{_DATE} and substr(born_l, 1, 7) = substr(born_r, 1, 7)", "same month"),
            levels.CustomLevel(f"{_DATE} and year_l = year_r", "same year"),
            levels.CustomLevel(f"{_DATE} and abs(year_l - year_r) <= 1", "next year"),
            levels.CustomLevel("(guessed_l or guessed_r) and abs(year_l - year_r) <= 3", "about that age"),
            levels.CustomLevel("(guessed_l or guessed_r) and abs(year_l - year_r) <= 8", "roughly that age"),
            levels.ElseLevel(),
        ],
    )
    return splink.SettingsCreator(
        link_type="link_only",
        comparisons=[
            name("given", "family"),
            name("family", "given"),
            birth,
            comparisons.ExactMatch("sex"),
            comparisons.ExactMatch("nationality"),
            comparisons.JaroWinklerAtThresholds("place", [0.9]),
        ],
        blocking_rules_to_generate_predictions=[
            *(splink.block_on(*columns) for columns in _BLOCKS),
            "l.given = r.family and l.family = r.given",
        ],
        probability_two_random_records_match=1e-4,
        retain_intermediate_calculation_columns=False,
    )
