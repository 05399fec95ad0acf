"""What npm packages do with the emulator: runs npm.mjs, one process for each test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TRIES = ["plain", "stream", "two tools", "documents", "schema", "parts", "async", "bad parameter", "wrong key"]


@pytest.mark.parametrize("tried", TRIES)
@pytest.mark.parametrize("package", ["cohere-ai", "@ai-sdk/cohere"])
def test_npm(package: str, tried: str) -> None:
    command = ["node", Path(__file__).parent / "npm.mjs", package, tried]
    subprocess.run(command, check=True, timeout=50)
