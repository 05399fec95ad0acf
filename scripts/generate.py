"""Makes generated/cohere_chat_api_client from the OpenAPI YAML, or checks that it is what the YAML makes.

    python scripts/generate.py [--check] [--spec PATH]

Both ways make the whole package in a temporary folder; then one swaps it in and tells what changed for a Python user,
the other compares `{path: bytes}` and fails on any difference. The result depends on the YAML, generator-config.yaml,
scripts/templates and the two pinned tools, and on nothing else of the machine.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "openapi" / "cohere-chat-api-openapi.yml"
PACKAGE = "cohere_chat_api_client"
TARGET = ROOT / "generated" / PACKAGE
TOOLS = ("openapi-python-client", "ruff")
MEND = "make generate"


class PipelineError(Exception):
    """Says what is wrong; generated/ is as it was."""


def pinned_tools() -> dict[str, str]:
    """`{name: version}` as pyproject.toml pins them. Raises PipelineError when others are installed."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        requirements = tomllib.load(file)["project"]["optional-dependencies"]["dev"]
    pins = {name: pin for name, _, pin in (line.partition("==") for line in requirements) if name in TOOLS}
    wrong = [f"  {name} {_installed(name)}, pinned is {pin}" for name, pin in pins.items() if _installed(name) != pin]
    if wrong or pins.keys() != set(TOOLS):
        names = "\n".join([*wrong, *(f"  {name} is not pinned" for name in TOOLS if name not in pins)])
        raise PipelineError(
            f"the tools that make {relative(TARGET)} are not those that pyproject.toml pins, so every file of it would"
            f" be in doubt:\n{names}\nMend it with: rm -rf .venv && {MEND}"
        )
    return pins


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def make(spec: Path, folder: Path) -> Path:
    """Makes the package from `spec` in `folder` and gives its path."""
    pins = pinned_tools()
    if not spec.is_file():
        raise PipelineError(f"{spec}: {'not a file' if spec.exists() else 'no such file'}")
    package = folder / PACKAGE
    command = [
        *(sys.executable, "-P", "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", str(spec.resolve()), "--output-path", str(package)),
        *("--config", str(ROOT / "generator-config.yaml")),
        *("--custom-template-path", str(ROOT / "scripts" / "templates")),
    ]
    # Nothing of the caller's environment but what a process needs: the hooks find this venv's Ruff and no other.
    environment = {"PATH": sysconfig.get_path("scripts"), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "COLUMNS": "120"}
    environment["TYPER_STANDARD_TRACEBACK"] = "1"
    environment |= {
        name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if _is_told(line)]
        if any(line.startswith("Traceback") for line in said):
            said = said[-1:]  # the generator broke down; its last line says why
        told = "\n".join(said)
        raise PipelineError(f"no client can be made from {relative(spec)}; {relative(TARGET)} is unchanged:\n{told}")
    made_by = " and ".join(f"{name} {pin}" for name, pin in pins.items())
    banner = f"# Made from {relative(spec)} by {made_by}. Do not edit; remake it with: {MEND}\n"
    (package / "py.typed").touch()
    for path in package.rglob("*"):
        if path.is_file():
            path.write_bytes(banner.encode() + path.read_bytes())
    return package


def _is_told(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("Generating ", "If you believe"))


def relative(path: Path) -> str:
    """The path as seen from the project, for what is printed and written."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def tree(folder: Path) -> dict[str, bytes]:
    """Every made file below `folder`: all but the README, and what Python leaves there when it runs."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path != folder / "README.md"
    }


def check(spec: Path) -> None:
    """Raises PipelineError, which names the files, when generated/ is not what `spec` makes."""
    with tempfile.TemporaryDirectory() as folder:
        made = tree(make(spec, Path(folder)).parent)
    found = tree(TARGET.parent)
    drift = [f"  missing: {name}" for name in sorted(made.keys() - found.keys())]
    drift += [f"  extra:   {name}" for name in sorted(found.keys() - made.keys())]
    drift += [f"  differs: {name}" for name in sorted(made.keys() & found.keys()) if made[name] != found[name]]
    if drift:
        raise PipelineError(
            f"{relative(TARGET.parent)}/ is not what {relative(spec)} makes:\n"
            + "\n".join(drift)
            + f"\nMend it with: {MEND}"
        )


def write(spec: Path) -> None:
    """Makes the package and swaps it in whole, so that nothing stale stays and a failure changes nothing."""
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET.parent, prefix=".making-") as folder:
        package = make(spec, Path(folder))
        if TARGET.exists():
            TARGET.rename(Path(folder) / "old")
        package.rename(TARGET)


def committed(folder: Path) -> bool:
    """Puts the package as HEAD has it into `folder`; false when there is no HEAD that has it."""
    command = ["git", "archive", "--format=zip", "HEAD", relative(TARGET)]
    try:
        archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        file.extractall(folder)
    return True


def changes() -> Iterator[str]:
    """What changed against HEAD for a Python user of the generated package, breaking changes first."""
    with tempfile.TemporaryDirectory() as folder:
        if not committed(Path(folder)):
            yield "no commit to compare with"
            return
        old = griffe.load(PACKAGE, search_paths=[Path(folder) / TARGET.parent.name], allow_inspection=False)
        new = griffe.load(PACKAGE, search_paths=[TARGET.parent], allow_inspection=False)
        breaking = list(griffe.find_breaking_changes(old, new))
        for breakage in breaking:
            what = breakage.explain(griffe.ExplanationStyle.ONE_LINE).partition(": ")[2]
            yield f"BREAKING {what}"
        added = sorted(public_names(new) - public_names(old))
        yield from (f"added    {name}" for name in added if name.rpartition(".")[0] not in added)
        if not breaking and not added:
            yield "nothing changed for a Python user"


def public_names(item: griffe.Object | griffe.Alias) -> set[str]:
    """The dotted paths of all that a user of the package can name."""
    names = {item.path}
    for member in item.members.values():
        if not member.is_alias and not member.name.startswith("_"):
            names |= public_names(member)
    return names


def main() -> int:
    """The command; its result is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on any difference")
    parser.add_argument("--spec", type=Path, default=SPEC, metavar="PATH", help=f"default: {relative(SPEC)}")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            check(arguments.spec)
            print(f"{relative(TARGET)} is what {relative(arguments.spec)} makes")
        else:
            write(arguments.spec)
            print(f"{relative(TARGET)} is made from {relative(arguments.spec)}. Against HEAD:")
            print("\n".join(f"  {change}" for change in changes()))
    except PipelineError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
