"""python -m bench.matching.generator VARIANT --seed N --out FOLDER"""

import argparse
import sys
from datetime import date
from pathlib import Path

from bench.matching.generator.sets import VARIANTS, make, write


def main() -> int:
    """Make one set; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.generator", description="Makes one set.")
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="the folder for the CSV files")
    chosen = parser.parse_args()
    today = date.today()  # noqa: DTZ011 - an age in a table is one of today, wherever this runs
    write(make(VARIANTS[chosen.variant], chosen.seed, today), chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
