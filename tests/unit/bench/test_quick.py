"""`python -m bench --quick` goes through every part on real processes and a real broker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {
    "exchange_ratio",
    "desk_ms_p50",
    "desk_ms_p99",
    "desk_ms_p50_half_load",
    "desk_ms_p99_half_load",
    "pseudonym_ratio",
    "compare_ms_1k",
    "compare_ms_10k",
    "compare_ms_100k",
    "compare_mb_1k",
    "compare_mb_10k",
    "compare_mb_100k",
}
PROCESSES = {"intake_web", "intake_worker", "matching", "notify"}


@pytest.mark.slow
@pytest.mark.broker
@pytest.mark.timeout(600)
def test_every_figure_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--out", str(out)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text())
    assert found["quick"] is True
    for key in KEYS - {"compare_mb_1k", "compare_mb_10k", "compare_mb_100k"}:
        assert found[key] > 0, key
    assert found.keys() >= KEYS
    assert found["rss_mb"].keys() == PROCESSES
    assert all(20 < megabytes < 1000 for megabytes in found["rss_mb"].values())
