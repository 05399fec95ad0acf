"""What a change of generated/ means for the API, for Python users, and for the hand-written code.

Belongs here: the comparison with HEAD, and the checks by import and by mypy. Not known here: how generated/ is made.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import griffe

from . import api_changes
from .package import MERGED, PACKAGE, TARGET
from .problems import ROOT, plain, read, relative

MOST = 25  # lines of a section, so that the report fits on a screen
OVERLAY_CODE = ROOT / "overlay"
# Griffe calls this breaking, but it is not: it sees a field's default and metadata as the value of the field.
_HARMLESS = {griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE}
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def tree(folder: Path) -> dict[str, bytes]:
    """Returns the content of every file below `folder`, by path. Leaves out `__pycache__`."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def committed(folder: Path) -> Path | None:
    """Extracts generated/ of HEAD into `folder` and returns its path; `None` if HEAD does not exist or lacks it."""
    command = ["git", "archive", "--format=zip", "HEAD", relative(TARGET)]
    try:
        archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        file.extractall(folder)
    return folder / TARGET.name


def api(old: Path, new: Path) -> list[str]:
    """Returns what changed in the API, one line for each change."""
    if not (old / MERGED).is_file():
        return ["HEAD has no merged document to compare with"]
    lines = api_changes.changes(plain(read(old / MERGED)), plain(read(new / MERGED)))
    return _told(lines, tree(old), tree(new))


def python(old: Path, new: Path) -> list[str]:
    """Returns what changed for users of the generated package, one line for each change, breaking ones first."""
    before = griffe.load(PACKAGE, search_paths=[old], allow_inspection=False)
    after = griffe.load(PACKAGE, search_paths=[new], allow_inspection=False)
    breaking = [
        "BREAKING " + _ESCAPES.sub("", change.explain(griffe.ExplanationStyle.ONE_LINE)).partition(": ")[2]
        for change in griffe.find_breaking_changes(before, after)
        if change.kind not in _HARMLESS
    ]
    added = sorted(_public_names(after) - _public_names(before))
    lines = [f"added    {name}" for name in added if name.rpartition(".")[0] not in added]
    return _told([*dict.fromkeys(breaking), *lines], tree(old / PACKAGE), tree(new / PACKAGE))


def _told(lines: list[str], old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    if lines:
        return lines if len(lines) <= MOST else [*lines[:MOST], f"... and {len(lines) - MOST} more"]
    names = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    return [f"only wording changed: {len(names)} files differ, e.g. {min(names)}"] if names else ["nothing changed"]


def _public_names(item: griffe.Object | griffe.Alias) -> set[str]:
    """Returns the dotted paths of all public names. TypedDict keys are left out: they repeat those of the classes."""
    names = {item.path}
    for member in item.members.values():
        literal = item.name.endswith(("Dict", "Options")) and item.is_class
        if not member.is_alias and not member.name.startswith("_") and not literal:
            names |= _public_names(member)
    return names


_IMPORT = """
import importlib, pathlib, sys, traceback
root = pathlib.Path(sys.argv[1])
for path in sorted(root.glob("cohere_chat/**/*.py")):
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    if path.name == "__main__.py":
        continue
    try:
        importlib.import_module(name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and not error.name.startswith("cohere_chat"):
            continue  # an extra that is not installed
        lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(sys.argv[1])]
        where = f"{pathlib.Path(lines[-1].filename).relative_to(root.parent)}:{lines[-1].lineno}" if lines else name
        print(f"{where}: {type(error).__name__}: {error}")
"""


def must_follow() -> Iterator[str]:
    """Yields the hand-written lines that do not work with the current generated/: `path:line: why`."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TARGET), str(OVERLAY_CODE)])}
    command = [sys.executable, "-P", "-c", _IMPORT, str(OVERLAY_CODE)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    lines = list(dict.fromkeys(done.stdout.splitlines())) or done.stderr.splitlines()[-1:]
    if not lines and find_spec("mypy") is not None:
        command = [sys.executable, "-m", "mypy", "--no-error-summary", str(OVERLAY_CODE / "cohere_chat")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if ": error: " in line]
    yield from lines
