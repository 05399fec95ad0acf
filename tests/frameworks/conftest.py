"""The emulator in its own process, the SDK under test, and the results."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SDK = os.environ["SDK"]
RESULTS: dict[str, dict[str, str]] = {}
KEY = "the-right-key"

COMMAND = [sys.executable, "-m", "cohere_chat.testing", "--api-key", KEY, "--json-lines"]
EMULATOR = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
assert EMULATOR.stdout is not None
URL = re.findall(r"http://\S+", "".join(line for line, _ in zip(EMULATOR.stdout, range(3), strict=False)))[0]
# Before anything is imported: the official SDK reads CO_API_URL on import.
os.environ |= {"CO_API_KEY": KEY, "COHERE_API_KEY": KEY, "CO_API_URL": URL, "NO_PROXY": "127.0.0.1"}

if SDK == "compat":
    from cohere_chat import compat

    compat.install()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" or report.outcome == "skipped":
        what = {"passed": "ok", "failed": "fails", "skipped": "-"}[report.outcome]
        if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
            what = f"- {report.longrepr[2].removeprefix('Skipped: ')}"
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        framework = given.get("package") or (item.cls.__name__.removeprefix("Test") if item.cls else item.path.stem)
        tried = given.get("tried") or item.name.removeprefix("test_").replace("_", " ")
        if item.path.stem != "pages":
            RESULTS.setdefault(str(framework), {})[str(tried)] = what
    return report


def pytest_sessionfinish() -> None:
    EMULATOR.terminate()
    Path(os.environ["RESULTS"]).write_text(json.dumps(RESULTS))
