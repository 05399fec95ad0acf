"""What the pipeline refuses, and how a document is read and written.

Belongs here: the one exception, YAML in and out, the difference of two values in words. Not known here: OpenAPI.
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
    """The problems, one line for each. Nothing was written."""

    def __init__(self, summary: str, problems: Iterable[str] = (), advice: str = "") -> None:
        super().__init__("\n".join([summary, *(f"  {problem}" for problem in problems), *([advice] if advice else [])]))


def relative(path: Path) -> str:
    """The path as seen from the project, for what is printed and written."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def yaml(width: int = 1000) -> YAML:
    """YAML 1.2, in which an unquoted `OFF` is a string. What is read can be written again with its layout."""
    made = YAML()
    made.width = width
    made.indent(mapping=2, sequence=4, offset=2)
    made.preserve_quotes = True
    return made


def read(path: Path) -> Any:  # Any: whatever the document holds; its maps know their lines
    """The YAML or JSON document at `path`, a map. Raises PipelineError with the line."""
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
    """A copy as plain dicts, lists and scalars: no comments, and no two places that share an object."""
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
    """The same, with quotes around what a YAML 1.1 reader (PyYAML) would not take for a string (WIRE.md 2, row 12)."""
    if isinstance(value, dict):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _YAML_1_1.fullmatch(value) else value


def dump(document: Any) -> str:  # Any: YAML
    """The document as YAML text, keys in their order."""
    text = io.StringIO()
    if type(document) is dict:
        yaml(120).dump(_quoted(document), text)
    else:
        yaml().dump(document, text)  # read from a file: its layout stays
    return text.getvalue()


def difference(old: Any, new: Any, place: str = "") -> Iterator[str]:  # Any: YAML
    """What differs, a line for each place: `.enum gains 'blocked'`."""
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
            yield f"{place} has another order".strip()
    elif old != new or type(old) is not type(new):
        yield f"{place} was {old!r} and is {new!r}".strip()


def without_descriptions(value: Any) -> Any:  # Any: YAML
    """A plain copy without the texts under `description`; a property of that name stays."""
    if isinstance(value, Mapping):
        kept = (key for key, item in value.items() if key != "description" or not isinstance(item, str))
        return {key: without_descriptions(value[key]) for key in kept}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_descriptions(item) for item in value]
    return plain(value)


def resolve(document: Any, reference: str) -> Any:  # Any: YAML
    """The value that `#/a/b` refers to. Raises KeyError if there is none."""
    value = document
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else cast("Mapping[str, Any]", value)[key]
        except (ValueError, IndexError, TypeError):
            raise KeyError(reference) from None
    return value
