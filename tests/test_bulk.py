"""Runs over many rows: each row asked once, nothing lost, nothing hidden; also after kill -9 and with a full disk."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cohere_chat.bulk import BulkError, BulkStopped, arun, engine, pace, run
from cohere_chat.bulk.pace import Pace
from cohere_chat.testing import ChatEmulator

from .faults.scenarios import WAIT
from .server import CLOSE, RawServer, answer, text_answer

QUIET: dict[str, Any] = {"model": "m", "progress": False, "concurrency": 4}


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "messages": [{"role": "user", "content": f"Row {number}"}], **more}


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def test_each_row_is_asked_once_and_each_answer_is_a_line(
    chat_emulator: ChatEmulator, tmp_path: Path, out: Path
) -> None:
    source = write(tmp_path / "in.jsonl", [row(n, temperature=0.5) for n in range(20)])
    summary = run(source, out, **QUIET, prices=(1e6, 2e6), seed=7)
    assert (summary.rows, summary.answered, summary.failed, summary.requests) == (20, 20, 0, 20)
    assert summary.cost == summary.input_tokens + 2 * summary.output_tokens
    written = lines(out)
    assert {tuple(line) for line in written} == {("id", "attempts", "response", "time")}
    assert {line["id"] for line in written} == {f"r{n}" for n in range(20)}
    by_id = {line["id"]: line["response"]["message"]["content"][0]["text"] for line in written}
    assert by_id["r7"].endswith(": Row 7")
    assert all(
        (request.json["seed"], request.json["temperature"], request.json["model"]) == (7, 0.5, "m")
        for request in chat_emulator.requests
    )
    assert lines(tmp_path / "out.failed.jsonl") == []


def test_a_second_run_asks_nothing_again_and_more_rows_are_added(chat_emulator: ChatEmulator, out: Path) -> None:
    run([row(n) for n in range(5)], out, **QUIET)
    summary = run([row(n) for n in range(8)], out, **QUIET)
    assert (summary.rows, summary.resumed, summary.answered) == (8, 5, 3)
    assert len(chat_emulator.requests) == 8


def test_rows_without_an_id_get_a_hash_and_equal_rows_share_an_answer(chat_emulator: ChatEmulator, out: Path) -> None:
    same = {"messages": [{"role": "user", "content": "Hi"}]}
    summary = run([same, same, {"messages": [{"role": "user", "content": "Ho"}]}], out, **QUIET)
    assert (summary.rows, summary.answered) == (2, 2)
    assert all(len(line["id"]) == 32 for line in lines(out))


def test_an_id_with_two_contents_is_refused_before_anything_is_sent(chat_emulator: ChatEmulator, out: Path) -> None:
    with pytest.raises(BulkError, match=r"row 3: the id 'r1' was used before, with different content"):
        run([row(1), row(1), row(1, seed=2)], out, **QUIET)
    assert chat_emulator.requests == []


def test_a_bad_row_is_a_failed_row_with_its_line(chat_emulator: ChatEmulator, tmp_path: Path, out: Path) -> None:
    source = tmp_path / "in.jsonl"
    bad = {"id": "bad", "messages": [{"role": "usr", "content": "Hi"}]}
    source.write_bytes(
        b"\n".join([json.dumps(row(1)).encode(), b"{no", b"", b"3", json.dumps(bad).encode(), b"\xff"]) + b"\n"
    )
    summary = run(source, out, **QUIET)
    assert (summary.answered, summary.failed) == (1, 5)
    failed = {line["line"]: line for line in lines(tmp_path / "out.failed.jsonl")}
    assert sorted(failed) == [2, 3, 4, 5, 6]
    assert {tuple(line) for line in failed.values()} == {
        ("id", "line", "attempts", "error", "status", "body", "request_id", "message", "time")
    }
    assert failed[5]["message"].startswith("messages[0].role is 'usr'")
    assert "this is not JSON" in failed[2]["message"]
    assert len(chat_emulator.requests) == 1


def test_prepare_makes_the_parameters_of_a_row_of_any_shape(chat_emulator: ChatEmulator, out: Path) -> None:
    def prepare(data: dict[str, str]) -> dict[str, Any]:
        return {"messages": [{"role": "user", "content": f"Classify: {data['text']}"}]}

    summary = run([{"id": 1, "text": "good"}, {"id": 2}], out, **QUIET, prepare=prepare)
    assert (summary.answered, dict(summary.failures)) == (1, {"BadRow": 1})
    assert chat_emulator.requests[-1].json["messages"][0]["content"] == "Classify: good"
    with pytest.raises(BulkError, match=r"prepare was .*prepare' and is None"):
        run([row(3)], out, **QUIET)


def test_other_settings_another_run_and_a_strange_file_are_refused(
    chat_emulator: ChatEmulator, tmp_path: Path, out: Path
) -> None:
    run([row(1)], out, **QUIET)
    with pytest.raises(
        BulkError, match=r"made with other settings: model was 'm' and is 'other'; params was \{\} and is"
    ):
        run([row(1)], out, **{**QUIET, "model": "other"}, seed=3)
    strange = tmp_path / "mine.jsonl"
    strange.write_text("{}\n")
    with pytest.raises(BulkError, match="is not the output of an earlier run"):
        run([row(1)], strange, **QUIET)
    out.write_bytes(out.read_bytes() + b"no line of a run\n")
    with pytest.raises(BulkError, match=r"out\.jsonl: line 2 was not written by a run"):
        run([row(1)], out, **QUIET)
    with pytest.raises(BulkError, match="iterator"):
        run(iter([row(1)]), tmp_path / "other.jsonl", **QUIET)
    with pytest.raises(BulkError, match=r"nope\.jsonl: No such file"):
        run(tmp_path / "nope.jsonl", tmp_path / "other.jsonl", **QUIET)
    with pytest.raises(BulkError, match="concurrency and max_attempts"):
        run([row(1)], out, model="m", concurrency=0)


def test_an_output_belongs_to_one_run_at_a_time(chat_emulator: ChatEmulator, out: Path) -> None:
    async def main() -> None:
        first = asyncio.create_task(arun([row(n) for n in range(50)], out, **QUIET))
        while not chat_emulator.requests:  # noqa: ASYNC110  # the emulator is in another thread
            await asyncio.sleep(0.01)
        with pytest.raises(BulkError, match="is in use by another run"):
            await arun([row(1)], out, **QUIET)
        assert (await first).answered == 50

    asyncio.run(main())


def test_a_torn_last_line_is_cut_and_its_row_asked_again(chat_emulator: ChatEmulator, out: Path) -> None:
    run([row(n) for n in range(5)], out, **QUIET)
    with out.open("r+b") as file:
        file.truncate(out.stat().st_size - 20)
    summary = run([row(n) for n in range(5)], out, **QUIET)
    assert (summary.resumed, summary.answered) == (4, 1)
    assert Counter(line["id"] for line in lines(out)) == {f"r{n}": 1 for n in range(5)}


# --- failures ---------------------------------------------------------------------------------------------------------


def test_server_errors_are_asked_again_and_then_fail(
    chat_emulator: ChatEmulator, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.random, "random", lambda: -0.98)  # waits of a hundredth
    for _ in range(2):
        chat_emulator.fail(503)
    summary = run([row(1)], out, **QUIET)
    assert (summary.answered, summary.requests, summary.retried, summary.maybe_paid_twice) == (1, 3, 2, 0)
    assert lines(out)[0]["attempts"] == 3
    for _ in range(3):
        chat_emulator.fail(500, "broken")
    summary = run([row(1), row(2)], out, **QUIET, max_attempts=3)
    assert (summary.failed, dict(summary.failures)) == (1, {"InternalServerError": 1})
    (failed,) = lines(tmp_path / "out.failed.jsonl")
    assert (failed["id"], failed["attempts"], failed["status"]) == ("r2", 3, 500)
    assert failed["body"]["message"] == "broken"
    assert failed["request_id"]
    assert run([row(1), row(2)], out, **QUIET).requests == 0
    summary = run([row(1), row(2)], out, **QUIET, retry_failed=True)
    assert (summary.answered, summary.failed) == (1, 0)
    assert lines(tmp_path / "out.failed.jsonl") == []


@pytest.mark.parametrize("fault", ["refused", "cut", "not a chat"])
def test_a_refusal_and_an_answer_that_is_cut_off_are_not_asked_again(
    fault: str, chat_emulator: ChatEmulator, out: Path
) -> None:
    scripts = {"refused": lambda: chat_emulator.fail(400, "no"), "cut": lambda: chat_emulator.cut(2)}
    scripts["not a chat"] = lambda: chat_emulator.raw(b"no")
    scripts[fault]()
    summary = run([row(1)], out, **QUIET)
    assert (summary.failed, summary.requests, len(chat_emulator.requests)) == (1, 1, 1)


def test_a_lost_connection_is_asked_again_and_counted(
    server: RawServer, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.random, "random", lambda: -0.98)
    monkeypatch.setenv("CO_API_URL", server.url)
    monkeypatch.setenv("CO_API_KEY", "k")
    server.play([CLOSE], answer(text_answer("Hi")))
    summary = run([row(1)], out, **QUIET)
    assert (summary.answered, summary.retried, summary.maybe_paid_twice) == (1, 1, 1)


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refused_account_stops_the_run_and_no_row_fails(
    status: int, chat_emulator: ChatEmulator, tmp_path: Path, out: Path
) -> None:
    rows = [row(n) for n in range(30)]
    for _ in range(8):
        chat_emulator.fail(status, "no")
    with pytest.raises(BulkStopped, match=rf"stopped \(account\): {status}") as caught:
        run(rows, out, **QUIET)
    assert caught.value.reason == "account"
    assert caught.value.summary.requests <= 8
    assert lines(out) == lines(tmp_path / "out.failed.jsonl") == []


def test_a_stray_429_delays_its_row_alone(chat_emulator: ChatEmulator, out: Path) -> None:
    chat_emulator.fail(429, retry_after=1)
    begun = time.monotonic()
    summary = run([row(n) for n in range(40)], out, **QUIET)
    assert (summary.answered, summary.refused) == (40, 1)
    assert lines(out)[-1]["attempts"] == 1
    assert time.monotonic() - begun < WAIT


def test_the_rate_is_cut_when_refusals_come_in_numbers_and_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])

    async def main() -> None:
        paced = Pace(600, None)
        paced.refused(1)
        paced.refused(1)
        assert paced.rate == 600
        for _ in range(60):
            now[0] += 0.1
            paced._sent.append(now[0])
        paced.refused(20)
        assert paced.rate == pytest.approx(0.7 * 600, rel=0.05)
        cut = paced.rate
        for _ in range(200):
            now[0] += 1
            paced.answered(10)
        assert cut < (paced.rate or 0) <= 600

    asyncio.run(main())


def test_tokens_per_minute_are_a_limit_too() -> None:
    async def main() -> None:
        paced = Pace(None, 6000)
        for _ in range(62):  # a minute's tokens at once, then 100 a second
            paced.answered(100)
            await paced.turn()

    begun = time.monotonic()
    asyncio.run(main())
    assert 1.5 < time.monotonic() - begun < WAIT


def test_nothing_but_429_stops_the_run(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    with ChatEmulator() as emulator:
        monkeypatch.setenv("CO_API_URL", emulator.url)
        monkeypatch.setenv("CO_API_KEY", "k")
        for _ in range(500):
            emulator.fail(429, retry_after=0.02)
        with pytest.raises(BulkStopped, match="account"):
            run([row(n) for n in range(4)], out, **QUIET)


# --- ends -------------------------------------------------------------------------------------------------------------

PROGRAM = """
import sys
from cohere_chat.bulk import run
run(sys.argv[1], sys.argv[2], model="m", progress=False, concurrency=int(sys.argv[3]))
"""


def start(source: Path, out: Path, concurrency: int = 8) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(source), str(out), str(concurrency)], stderr=subprocess.PIPE
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return write(tmp_path / "in.jsonl", [row(n) for n in range(int(os.environ.get("SOAK", "0")) * 19_000 + 1_000)])


def test_after_kill_9_no_row_is_missing_none_is_double_and_few_were_paid_twice(
    many: Path, emulator: ChatEmulator, out: Path
) -> None:
    kills, size = (20 if os.environ.get("SOAK") else 3), len(lines(many))
    before = 0
    for _ in range(kills):
        running = start(many, out)
        deadline = time.monotonic() + WAIT
        while (not out.exists() or out.stat().st_size <= before) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.random() / 4)
        running.kill()
        running.communicate()
        before = out.stat().st_size
    summary = run(many, out, **QUIET)
    assert Counter(line["id"] for line in lines(out)) == {f"r{n}": 1 for n in range(size)}
    print(f"{len(emulator.requests) - size} rows were paid twice in {kills} kills")
    assert len(emulator.requests) - size <= kills * 8
    assert summary.maybe_paid_twice <= 8


def start_command(source: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    """Starts the command, in which Ctrl-C does what it does in a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "cohere_chat", "bulk", source, out, "-m", "m", "--concurrency", "4", *more],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_ctrl_c_finishes_the_rows_under_way_and_the_run_can_go_on(
    many: Path, emulator: ChatEmulator, out: Path
) -> None:
    running = start_command(many, out)
    while not out.exists() or out.stat().st_size < 2000:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=WAIT)
    answered = lines(out)
    assert running.returncode == 130
    assert f"{len(answered)} answered, 0 failed" in told.decode()
    assert 0 < len(answered) < 1000
    assert len(answered) == len(emulator.requests)
    summary = run(many, out, **QUIET)
    assert (summary.resumed, summary.maybe_paid_twice) == (len(answered), 0)


def test_a_second_ctrl_c_does_not_wait(out: Path, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatEmulator(latency=2 * WAIT) as emulator:
        monkeypatch.setenv("CO_API_KEY", "k")
        monkeypatch.setenv("CO_API_URL", emulator.url)
        running = start_command(many, out)
        while len(emulator.requests) < 4:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.5)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=WAIT)
    assert running.returncode == 130
    assert json.loads(out.with_suffix(".meta.json").read_text())["under_way"] == 4


@pytest.mark.parametrize(("status", "rpm", "sent"), [(None, "1", 1), (429, "100000", 4), (503, "100000", 4)])
def test_a_row_that_waits_between_requests_is_left_at_the_end(
    status: int | None, rpm: str, sent: int, many: Path, emulator: ChatEmulator, out: Path
) -> None:
    if status is not None:
        for _ in range(500):
            emulator.fail(status, retry_after=2 * WAIT)
    running = start_command(many, out, "--rpm", rpm)
    while len(emulator.requests) < sent:
        time.sleep(0.01)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=WAIT)
    assert running.returncode == 130
    assert status == 503 or len(emulator.requests) == sent
    assert not out.with_suffix(".failed.jsonl").read_bytes()
    assert json.loads(out.with_suffix(".meta.json").read_text())["under_way"] == 0


def test_a_refused_account_ends_the_waits_of_other_rows(emulator: ChatEmulator, out: Path) -> None:
    emulator.fail(429, retry_after=2 * WAIT)
    emulator.fail(401, "no")
    begun = time.monotonic()
    with pytest.raises(BulkStopped, match="account"):
        run([row(1), row(2)], out, **QUIET)
    assert time.monotonic() - begun < WAIT


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4400k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_run_with_every_answer_written(
    small_disk: Path, many: Path, emulator: ChatEmulator
) -> None:
    out = small_disk / "out.jsonl"
    with pytest.raises(BulkStopped, match="disk") as caught:
        run(many, out, **QUIET)
    assert caught.value.reason == "disk"
    answered = len(lines(out))
    assert answered == caught.value.summary.requests
    (small_disk / "out.reserve").unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert run(many, out, **QUIET).requests == 1000 - answered


# --- files ------------------------------------------------------------------------------------------------------------


def test_parquet_is_read_and_written_and_the_order_can_be_that_of_the_input(
    chat_emulator: ChatEmulator, tmp_path: Path
) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.Table.from_pylist([row(n) for n in range(30)]), source)
    run(source, tmp_path / "out.parquet", **QUIET, ordered=True)
    assert [line["id"] for line in lines(tmp_path / "out.jsonl")] == [f"r{n}" for n in range(30)]
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [one["id"] for one in table] == [f"r{n}" for n in range(30)]
    assert json.loads(table[3]["response"])["message"]["content"][0]["text"].endswith("Row 3")


# --- the command ------------------------------------------------------------------------------------------------------


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cohere_chat", "bulk", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_command_runs_estimates_and_exits_with_its_codes(
    chat_emulator: ChatEmulator, tmp_path: Path, out: Path
) -> None:
    source = write(tmp_path / "in.jsonl", [{"id": n, "text": f"t{n}"} for n in range(10)])
    template = tmp_path / "prompt.txt"
    template.write_text("Classify: {text}")
    options = [source, out, "-m", "m", "--template", template, "--price-in", 1e6, "--temperature", 0.3]
    done = command(*options, "--dry-run", 2, "--json", "--rpm", 30)
    told = json.loads(done.stdout)
    assert (done.returncode, told["rows"], told["asked"], out.exists()) == (0, 10, 2, False)
    assert told["seconds"] >= 20
    assert told["cost"] == told["input_tokens"]
    done = command(*options, "--json")
    assert (done.returncode, json.loads(done.stdout)["answered"], done.stderr) == (0, 10, "")
    assert chat_emulator.requests[-1].json["temperature"] == 0.3
    assert "10 finished before, of 10 rows" in command(*options).stdout
    chat_emulator.fail(400, "no")
    assert command(source, tmp_path / "b.jsonl", "-m", "m", "--template", template, "--json").returncode == 1
    chat_emulator.fail(401, "no")
    done = command(source, tmp_path / "c.jsonl", "-m", "m", "--template", template, "--concurrency", 1)
    assert (done.returncode, "stopped (account): 401 no" in done.stderr) == (3, True)
    done = command(tmp_path / "nope.jsonl", tmp_path / "d.jsonl")
    assert (done.returncode, done.stderr.endswith("nope.jsonl: No such file or directory\n")) == (2, True)
