"""Ray Data with two actors on one machine: killed actors, a killed driver. `make test-ray` runs it: Ray is large."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cohere_chat.bulk import BulkError
from cohere_chat.testing import ChatEmulator

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]
ROWS, ACTORS, AT_ONCE = 1_500, 2, 4

PROGRAM = """
import json, logging, os, sys
import ray
from cohere_chat.bulk.ray import chat
ray.init(num_cpus=4, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
rows = [{"id": n, "messages": [{"role": "user", "content": f"Row {n}"}]} for n in range(int(sys.argv[1]))]
made = chat(ray.data.from_items(rows), model="m", journal=sys.argv[2], actors=2, concurrency=4, batch_size=50, rpm=json.loads(sys.argv[3]))
told = [(row["id"], row["error"], json.loads(row["response"] or "{}").get("finish_reason")) for row in made.iter_rows()]
print("TOLD", json.dumps(told))
"""


def start(journal: Path, rows: int = ROWS, rpm: float | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(rows), str(journal), json.dumps(rpm)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def told(running: subprocess.Popen[str]) -> list[Any]:
    out, err = running.communicate(timeout=300)
    lines = [line for line in out.splitlines() if line.startswith("TOLD ")]
    assert lines, err[-3000:]
    return json.loads(lines[0].removeprefix("TOLD "))


def actors() -> list[int]:
    found = subprocess.run(["pgrep", "-f", "ray::.*_Actor"], capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid in found.split()]


def check(journal: Path, emulator: ChatEmulator, result: list[Any], killed: int) -> None:
    assert sorted(row for row, _, _ in result) == list(range(ROWS))
    assert {(error, reason) for _, error, reason in result} == {(None, "COMPLETE")}
    lines = Counter(
        json.loads(line)["id"]
        for path in journal.glob("*.jsonl")
        for line in path.read_bytes().splitlines()
        if line.endswith(b"}")
    )
    assert lines.keys() == set(range(ROWS))
    assert len(emulator.requests) - ROWS <= killed * AT_ONCE


def test_each_row_is_asked_once_and_again_not_at_all(emulator: ChatEmulator, tmp_path: Path) -> None:
    check(tmp_path, emulator, told(start(tmp_path)), 0)
    check(tmp_path, emulator, told(start(tmp_path)), 0)
    assert len(emulator.requests) == ROWS


def test_killed_actors_lose_no_row_and_pay_few_twice(emulator: ChatEmulator, tmp_path: Path) -> None:
    running, killed = start(tmp_path), 0
    for _ in range(3):
        before = len(emulator.requests)
        deadline = time.monotonic() + 60
        while (len(emulator.requests) < before + 100 or not actors()) and time.monotonic() < deadline:
            time.sleep(0.02)
        if running.poll() is None and (pids := actors()):
            os.kill(pids[0], signal.SIGKILL)
            killed += 1
    check(tmp_path, emulator, told(running), killed)
    assert killed


def test_a_killed_driver_goes_on_where_it_ended(emulator: ChatEmulator, tmp_path: Path) -> None:
    running = start(tmp_path)
    while len(emulator.requests) < 300:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    subprocess.run(["pkill", "-9", "-f", "ray::|raylet|gcs_server"], check=False)
    running.communicate()
    check(tmp_path, emulator, told(start(tmp_path)), ACTORS)


def test_one_rate_holds_for_all_actors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatEmulator(keep=10_000, rate_limit=1200) as limited:
        monkeypatch.setenv("CO_API_KEY", "k")
        monkeypatch.setenv("CO_API_URL", limited.url)
        begun = time.monotonic()
        assert len(told(start(tmp_path, 600, 1200))) == 600
        assert time.monotonic() - begun > 30
        assert len(limited.requests) - 600 <= 6


def test_other_settings_are_refused(tmp_path: Path) -> None:
    from cohere_chat.bulk.journal import check_made_with

    check_made_with(tmp_path, {"model": "m"})
    with pytest.raises(BulkError, match="model was 'm' and is 'other'"):
        check_made_with(tmp_path, {"model": "other"})
