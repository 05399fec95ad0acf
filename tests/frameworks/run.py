"""Tests frameworks against the emulator: on the official SDK, then with cohere_chat.compat in its place.

python tests/frameworks/run.py [GROUP ...]: creates .frameworks/GROUP, runs the tests there twice, and prints the table
of results for README.md. The groups and their versions are in requirements.txt.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACE = ROOT / ".frameworks"


def groups() -> dict[str, list[str]]:
    """The requirements of each group."""
    found: dict[str, list[str]] = {}
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"# --- group: (\w+)", line):
            found[heading[1]] = []
        elif found and (told := line.removeprefix("# ").strip()):
            found[[*found][-1]].append(told)
    return found


def python_of(group: str, requirements: list[str]) -> Path:
    """The Python of the group's environment, which is created if it is missing or has other versions."""
    place = PLACE / group
    python, made = place / "bin" / "python", place / "made"
    if not made.exists() or made.read_text() != "\n".join(requirements):
        venv.create(place, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--editable", f"{ROOT}[testing]", "pytest-timeout", *requirements], check=True)
        made.write_text("\n".join(requirements))
    return python


def npm(requirements: list[str]) -> bool:
    """Installs the npm packages. Returns False, and prints a line that says so, if npm is not installed."""
    if shutil.which("npm") is None:
        print("npm: skipped, because npm is not installed (apt-get install nodejs npm)")
        return False
    place = PLACE / "npm"
    place.mkdir(parents=True, exist_ok=True)
    made = place / "made"
    if not made.exists() or made.read_text() != "\n".join(requirements):
        (place / "package.json").write_text('{"private": true, "type": "module"}')
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *requirements], cwd=place, check=True)
        made.write_text("\n".join(requirements))
    return True


def main() -> int:
    """Runs the groups, and returns the number of failed runs."""
    every = groups()
    results: dict[str, dict[str, dict[str, str]]] = {}
    failed = 0
    for group in sys.argv[1:] or every:
        if group == "npm":
            if not npm(every[group]):
                continue
            python, sdks = python_of("new", every["new"]), ["npm"]
        else:
            python, sdks = python_of(group, every[group]), ["official", "compat"]
        for sdk in sdks:
            file = PLACE / f"{group}-{sdk}.json"
            (PLACE / "npm").mkdir(parents=True, exist_ok=True)
            settings = {"SDK": sdk, "RESULTS": str(file), "NPM_PLACE": str(PLACE / "npm")}
            file.unlink(missing_ok=True)
            tests = ["npm_packages.py", "pages.py"] if group == "npm" else ["frameworks.py", "pages.py"]
            command = [
                python,
                "-m",
                "pytest",
                "-q",
                "-c",
                HERE / "pytest.ini",
                "--rootdir",
                HERE,
                *(HERE / name for name in tests),
            ]
            failed += subprocess.run(command, env={**os.environ, **settings}, cwd=HERE, check=False).returncode != 0
            told = json.loads(file.read_text()) if file.exists() else {}  # pytest writes it when it ends
            for name, tries in told.items():
                name = every[group][0] if name == "SDK" else name
                for tried, what in tries.items():
                    results.setdefault(name, {}).setdefault(tried, {})[sdk] = what
    print_table(results)
    return failed


def print_table(results: dict[str, dict[str, dict[str, str]]]) -> None:
    """Prints the table of frameworks and tests, with the official SDK beside compat."""
    tries = list(dict.fromkeys(tried for tries in results.values() for tried in tries))
    print("\n| | " + " | ".join(tries) + " |")
    print("|---" * (len(tries) + 1) + "|")
    for name, told in results.items():
        told = {tried: [*what.values()] for tried, what in told.items()}
        cells = [
            " / ".join(what[:1] if what[0].startswith("-") else what)
            for what in (told.get(tried, ["-"]) for tried in tries)
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
