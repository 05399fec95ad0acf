"""The pipeline's error, and how documents are read, written and compared.

Belongs here: the one exception, YAML input and output, the difference of two values in words. Not known here: OpenAPI.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

ROOT = Path(__file__).resolve().parent.parent.parent


class PipelineError(Exception):
    """An error that lists problems, one per line. Nothing was written."""

    def __init__(self, summary: str, problems: Iterable[str] = (), advice: str = "") -> None:
        super().__init__("\n".join([summary, *(f"  {problem}" for problem in problems), *([advice] if advice else [])]))


def relative(path: Path) -> str:
    """Returns the path relative to the project, for messages and generated files; the bare name if it is outside."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def yaml(width: int = 1000) -> YAML:
    """Returns a YAML 1.2 reader and writer. An unquoted `OFF` is a string, and the layout is kept on writing."""
    made = YAML()
    made.width = width
    made.indent(mapping=2, sequence=4, offset=2)
    made.preserve_quotes = True
    return made


def read(path: Path) -> Any:  # Any: whatever the document holds; its maps know their lines
    """Reads the YAML or JSON document at `path`, which must be a map. Raises PipelineError, with the line if known."""
    if not path.is_file():
        raise PipelineError(f"{relative(path)}: {'not a file' if path.exists() else 'no such file'}")
    try:
        document = yaml().load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise PipelineError(f"{relative(path)}{line}: not YAML: {error.problem}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise PipelineError(f"{relative(path)}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, Mapping):
        raise PipelineError(f"{relative(path)}: not a YAML map, but a {type(plain(document)).__name__}")
    return document


def plain(value: Any) -> Any:  # Any: YAML
    """Returns a copy of plain dicts, lists and scalars, without comments and without objects shared between places."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


_YAML_1_1 = re.compile(r"y|n|yes|no|on|off|true|false|null|~", re.IGNORECASE)


def _quoted(value: Any) -> Any:  # Any: YAML
    """Returns a copy that quotes what a YAML 1.1 reader (PyYAML) would not read as a string (WIRE.md 2, row 12)."""
    if isinstance(value, dict):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _YAML_1_1.fullmatch(value) else value


def dump(document: Any) -> str:  # Any: YAML
    """Returns the document as YAML text. The order of the keys is kept."""
    text = io.StringIO()
    if type(document) is dict:
        yaml(120).dump(_quoted(document), text)
    else:
        yaml().dump(document, text)  # read from a file: keep its layout
    return text.getvalue()


def difference(old: Any, new: Any, place: str = "") -> Iterator[str]:  # Any: YAML
    """Yields the differences, one line each: `.enum gains 'blocked'`."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in old.keys() | new.keys():
            if key not in new:
                yield f"{place} loses {key!r}".strip()
            elif key not in old:
                yield f"{place} gains {key!r}".strip()
            else:
                yield from difference(old[key], new[key], f"{place}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        gained, lost = [item for item in new if item not in old], [item for item in old if item not in new]
        yield from (f"{place} gains {item!r}".strip() for item in gained)
        yield from (f"{place} loses {item!r}".strip() for item in lost)
        if old != new and not gained and not lost:
            yield f"{place} has a different order".strip()
    elif old != new or type(old) is not type(new):
        yield f"{place} was {old!r} and is now {new!r}".strip()


def without_descriptions(value: Any) -> Any:  # Any: YAML
    """Returns a plain copy without the texts under `description`. A property of that name is kept."""
    if isinstance(value, Mapping):
        kept = (key for key, item in value.items() if key != "description" or not isinstance(item, str))
        return {key: without_descriptions(value[key]) for key in kept}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_descriptions(item) for item in value]
    return plain(value)


def resolve(document: Any, reference: str) -> Any:  # Any: YAML
    """Returns the value that `#/a/b` refers to. Raises KeyError if there is none."""
    value = document
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else cast("Mapping[str, Any]", value)[key]
        except (ValueError, IndexError, TypeError):
            raise KeyError(reference) from None
    return value
