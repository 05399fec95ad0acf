"""Generates the merged document, and the package from it, in a folder.

Belongs here: the order of the steps, the generator's process, the files that are added to its output. Not known here:
the current content of generated/, the report.

The result depends only on the spec, the overlay document, generator-config.yaml, scripts/ and the pinned tools.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import textwrap
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import attrs

from . import check
from .classes import module_of
from .lower import Alias, Lowered, lower
from .overlay import apply
from .problems import ROOT, PipelineError, dump, read, relative

SPEC = ROOT / "openapi" / "cohere-chat-api-openapi.yml"
OVERLAY = ROOT / "overlay" / "cohere-chat-api.overlay.yaml"
CONFIG = ROOT / "generator-config.yaml"
SCRIPTS = ROOT / "scripts"
PACKAGE = "cohere_chat_api_client"
MERGED = "openapi.yml"
TARGET = ROOT / "generated"
# Another version of one of these generates different bytes, or accepts other documents.
TOOLS = ("openapi-python-client", "ruff", "jsonpath-ng", "ruamel.yaml", "openapi-spec-validator", "griffe")
MEND = "make generate"

# Fixes for what the generator's own templates get wrong in every spec: `HTTPStatus(498)` is a ValueError (gap 12).
_RULES = (
    ("api/*/*.py", "from http import HTTPStatus\n", ""),
    ("api/*/*.py", "status_code=HTTPStatus(response.status_code)", "status_code=response.status_code"),
    ("types.py", "from http import HTTPStatus\n", ""),
    ("types.py", "status_code: HTTPStatus", "status_code: int"),
)


@attrs.frozen
class Made:
    """What was generated.

    document: the merged document.
    accepted: what `accept` accepted, one line each; empty without `accept`.
    overlay:  the text of the overlay document, with the accepted values.
    """

    document: dict[str, Any]  # Any: YAML
    accepted: list[str]
    overlay: str


def pinned_tools() -> dict[str, str]:
    """Returns `{name: version}` as pinned in pyproject.toml. Raises PipelineError if other versions are installed."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        requirements = tomllib.load(file)["project"]["optional-dependencies"]["generate"]
    pins = {name: pin for name, _, pin in (line.partition("==") for line in requirements) if name in TOOLS}
    wrong = [f"{name} {_installed(name)}, but {pin} is pinned" for name, pin in pins.items() if _installed(name) != pin]
    wrong += [f"{name} is not pinned" for name in TOOLS if name not in pins]
    if wrong:
        raise PipelineError(
            f"{relative(TARGET)}/ depends on the versions of its tools, and pyproject.toml pins other versions:",
            wrong,
            f"To fix it, run: rm -rf .venv && {MEND}",
        )
    return pins


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def make(spec: Path, folder: Path, *, overlay_path: Path = OVERLAY, accept: bool = False) -> Made:
    """Generates the content of generated/ in `folder`. Raises PipelineError, which lists all that does not fit."""
    pins = pinned_tools()
    document, overlay = read(spec), read(overlay_path)
    applied = apply(document, overlay, accept=accept)
    unchanged = f"{relative(TARGET)}/ is unchanged:"
    if applied.problems:
        advice = "Change the overlay document to fit the spec, and update the code that relies on it."
        if applied.changed:
            advice += f"\nOnce you have reviewed the removed values that changed, run: {MEND} ACCEPT=1"
        raise PipelineError(
            f"{relative(spec)} does not fit {relative(overlay_path)}; {unchanged}",
            [f"{relative(overlay_path)}:{problem}" for problem in applied.problems],
            advice,
        )
    summary = f"no client can be generated from {relative(spec)}; {unchanged}"
    if problems := check.problems(applied.document):
        raise PipelineError(summary, problems)
    lowered = lower(applied.document, _class_names())
    if lowered.problems:
        raise PipelineError(summary, lowered.problems)
    package = folder / PACKAGE
    _generate(lowered, package, folder, summary)
    _complete(package, lowered)
    (folder / MERGED).write_text(dump(applied.document), encoding="utf-8", newline="\n")
    sources = f"{relative(SPEC)} and {relative(OVERLAY)}"  # a spec that fits is copied there
    made_by = ", ".join(f"{name} {pins[name]}" for name in ("openapi-python-client", "ruff"))
    banner = f"# Generated from {sources} by {made_by}. Do not edit; regenerate with: {MEND}\n".encode()
    for path in [folder / MERGED, *package.rglob("*")]:
        if path.is_file():
            path.write_bytes(banner + path.read_bytes())
    _import_every_module(
        package, folder, f"the package generated from {relative(spec)} cannot be imported; {unchanged}"
    )
    return Made(applied.document, applied.accepted, dump(overlay))


def _class_names() -> dict[str, str]:
    overrides = read(CONFIG).get("class_overrides") or {}
    return {str(name): str(override["class_name"]) for name, override in overrides.items()}


def _environment(**more: str) -> dict[str, str]:
    """Returns the variables that a process needs, and no others. PATH has only the scripts of this venv."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    fixed = {"PATH": sysconfig.get_path("scripts"), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "COLUMNS": "120"}
    return {**fixed, "TYPER_STANDARD_TRACEBACK": "1", "PYTHONDONTWRITEBYTECODE": "1", **kept, **more}


def _generate(lowered: Lowered, package: Path, folder: Path, summary: str) -> None:
    source = folder / ".lowered.json"
    source.write_text(json.dumps(lowered.document, default=str), encoding="utf-8")
    command = [
        *(sys.executable, "-P", str(SCRIPTS / "pipeline" / "generator.py")),
        *("generate", "--fail-on-warning", "--meta", "none", "--path", str(source), "--output-path", str(package)),
        *("--config", str(CONFIG), "--custom-template-path", str(SCRIPTS / "templates")),
    ]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    source.unlink()
    if done.returncode != 0:
        said = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if _is_told(line)]
        if any(line.startswith("Traceback") for line in said):
            said = said[-1:]  # the generator crashed; its last line says why
        raise PipelineError(summary, said)


def _is_told(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("Generating ", "If you believe"))


# --- what is added to the generator's files --------------------------------------------------------------------------


def _complete(package: Path, lowered: Lowered) -> None:
    (package / "py.typed").touch()
    (package / "base.py").write_bytes((SCRIPTS / "base" / "base.py").read_bytes())
    for alias in lowered.aliases:
        (package / "models" / f"{alias.module}.py").write_text(_alias_module(alias), encoding="utf-8")
    (package / "models" / "__init__.py").write_text(_models_init(lowered), encoding="utf-8")
    (package / "models" / "unchanged.py").write_text(_unchanged(lowered), encoding="utf-8")
    for pattern, old, new in _RULES:
        for path in sorted(package.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            if path.name != "__init__.py" and text.count(old) != 1:
                raise PipelineError(f"{path.name}: expected {old!r} once: the generator changed; see package.py")
            path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    for command in (
        ["check", ".", "--isolated", "--fix-only", "--extend-select=I"],
        ["format", ".", "--isolated", "--line-length=120"],
    ):
        ruff = [sys.executable, "-P", "-m", "ruff", *command, "--no-cache", "--quiet"]
        subprocess.run(ruff, cwd=package, env=_environment(), capture_output=True, check=True)


def _names(lowered: Lowered) -> dict[str, str]:
    """Returns every name of `models`, and the module that defines it."""
    names = {name: module_of(name) for name in lowered.enums}
    for name, plan in lowered.plans.items():
        names |= dict.fromkeys([name, *plan["literals"]], module_of(name))
    for alias in lowered.aliases:
        names |= dict.fromkeys(_alias_names(alias), alias.module)
    return dict(sorted(names.items()))


def _alias_names(alias: Alias) -> list[str]:
    table = [f"{alias.module.upper()}_BY_{alias.by.upper()}"] if alias.by else []
    return [alias.name, *([f"{alias.name}Dict"] if alias.literals else []), *table]


def _alias_module(alias: Alias) -> str:
    imports = "".join(
        f"from .{module_of(name)} import {name}{f', {name}Dict' if alias.literals else ''}\n" for name in alias.members
    )
    lines = [f'"""{alias.doc}"""', "from typing import TypeAlias", imports]
    lines.append(f"{alias.name}: TypeAlias = {' | '.join(alias.members)}")
    if alias.literals:
        lines.append(f"{alias.name}Dict: TypeAlias = {' | '.join(f'{name}Dict' for name in alias.members)}")
    if alias.by:
        table = ", ".join(f"{value!r}: {name}" for value, name in alias.table.items())
        lines.append(f"{_alias_names(alias)[-1]}: dict[str, type[{alias.name}]] = {{{table}}}")
        lines[-1] += f'\n"""The class for each value of `{alias.by}`."""'
    return "\n\n".join(lines) + "\n"


def _imports(names: Mapping[str, str]) -> str:
    return "\n".join(f"from .{module} import {name} as {name}" for name, module in names.items())


def _unchanged(lowered: Lowered) -> str:
    names = {name: module for name, module in _names(lowered).items() if name not in lowered.extended}
    doc = '"""The types of the API, except those that hand-written Python redefines. For type checkers."""'
    return f"{doc}\n\n{_imports(names)}\n"


def _models_init(lowered: Lowered) -> str:
    names = _names(lowered)
    listed = "\n".join(f"    {name!r}," for name in names)
    modules = "\n".join(f"        {name!r}: '.{module}'," for name, module in names.items())
    return f'''"""The types of the API. Each one is imported on first use."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
{textwrap.indent(_imports(names), "    ")}

__all__ = (
{listed}
)

if not TYPE_CHECKING:
    _MODULES = {{
{modules}
    }}

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
        globals()[name] = model = getattr(_import_module(_MODULES[name], __name__), name)
        return model

    def __dir__() -> list[str]:
        return sorted({{*globals(), *__all__}})
'''


_IMPORT = """
import importlib, pathlib, sys, traceback
root = pathlib.Path(sys.argv[1])
for path in sorted(root.rglob("*.py")):
    name = ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")
    try:
        module = importlib.import_module(name)
        for listed in getattr(module, "__all__", ()):
            getattr(module, listed)
    except Exception as error:
        place = "" if not isinstance(error, SyntaxError) else f" (line {error.lineno})"
        print(f"{path.relative_to(root.parent).as_posix()}{place}: {type(error).__name__}: {error}")
"""


def _import_every_module(package: Path, folder: Path, summary: str) -> None:
    command = [sys.executable, "-P", "-c", _IMPORT, str(package)]
    environment = _environment(PYTHONPATH=str(folder))
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.stdout or done.returncode != 0:
        raise PipelineError(summary, done.stdout.splitlines() or done.stderr.splitlines()[-1:])
