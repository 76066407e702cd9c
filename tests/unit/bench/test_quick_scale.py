"""`python -m bench.scale --quick` goes through both parts on real processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {
    "scale_load_cpu_s",
    "scale_mb",
    "scale_cpu_ms",
    "scale_processors",
    "scale_ms_p50",
    "scale_ms_p99",
    "scale_ratio",
    "scale_most_per_second",
    "scale_share_of_second_worker",
    "scale_alert_cpu_ms",
    "scale_alert_all_decades_cpu_ms",
    "scale_new_case_cpu_ms",
    "scale_changed_case_cpu_ms",
    "scale_new_epoch_cpu_ms",
    "scale_both_epochs_cpu_ms",
    "scale_second_epoch_mb",
    "scale_partners_mb",
    "scale_partners_cold_cpu_ms",
    "scale_partners_cpu_ms",
    "scale_partners_half_memory_cpu_ms",
}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_figure_is_measured_and_others_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    out.write_text('{"exchange_ratio": 0.5}')
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--quick", "--out", str(out)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text())
    assert found.keys() >= KEYS | {"exchange_ratio", "scale_machine"}
    for key in KEYS - {"scale_mb", "scale_second_epoch_mb", "scale_partners_mb"}:
        assert found[key] > 0, key
    assert found["scale_share_of_second_worker"] <= 0.5
