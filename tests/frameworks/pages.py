"""Runs the snippets of docs/frameworks.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"
SNIPPETS = re.findall(r"^## (.+?)\n.*?^```(\w+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
NEEDS = {
    "LangChain": "langchain_cohere",
    "Haystack": "haystack_integrations",
    "Pydantic AI": "pydantic_ai",
    "Instructor": "instructor",
    "LiteLLM": "litellm",
}
NPM = os.environ["SDK"] == "npm"


def is_here(name: str, language: str) -> bool:
    return NPM if language == "js" else not NPM and find_spec(NEEDS[name]) is not None


@pytest.mark.parametrize(
    "told", [told for told in SNIPPETS if is_here(*told[:2])], ids=[told[0] for told in SNIPPETS if is_here(*told[:2])]
)
@pytest.mark.skipif(os.environ["SDK"] == "official", reason="the page is about compat")
def test_page(told: tuple[str, str, str]) -> None:
    _, language, code = told
    settings = {**os.environ, "CO_BASE_URL": os.environ["CO_API_URL"], "COHERE_API_KEY": os.environ["CO_API_KEY"]}
    command = [sys.executable, "-c", code]
    if language == "js":
        command = ["node", "--input-type=module", "--eval", code]
    done = subprocess.run(
        command, env=settings, cwd=os.environ["NPM_PLACE"], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "This is an emulator" in done.stdout or "name=" in done.stdout
