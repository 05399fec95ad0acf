"""Applies an OpenAPI Overlay document to a spec, strictly.

Belongs here: the actions of https://spec.openapis.org/overlay/v1.0.0.html, and every way in which they may not fit.
Not known here: what the spec is about, files.

It is stricter than the standard, because a changed spec shows here first: a target matches exactly one place; every
leaf of an update changes something; a removal states the value that it removes (`x-removes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from .problems import difference, plain, resolve, without_descriptions

Json: TypeAlias = Any  # a document, or any part of one
_KNOWN = {"target", "description", "update", "remove", "x-removes"}
_DOCUMENT = {"overlay", "info", "extends", "actions"}
_MISSING = object()
# The id() of an array in the result -> that array, and the array in the overlay document that it came from.
Arrays: TypeAlias = dict[int, tuple[Json, Json]]


@attrs.define
class Applied:
    """The result of applying an overlay document.

    document: the spec with every action applied; unusable if there are problems.
    problems: one line for each action that does not fit: `line: gap: target: why`.
    changed:  whether a removed value differs from its `x-removes`; accepting the change would solve these problems.
    accepted: one line for each accepted change of a removed value; the overlay document was changed in place.
    """

    document: dict[str, Json]
    problems: list[str] = attrs.field(factory=list)
    changed: bool = False
    accepted: list[str] = attrs.field(factory=list)


def apply(spec: Json, overlay: Json, *, accept: bool = False) -> Applied:
    """Applies `overlay` to a copy of `spec`.

    accept: rewrite `x-removes` where the spec has another value. New enum values are added to the enum that the
        overlay puts in place of the removed one, if there is one.
    """
    result = Applied(plain(spec))
    unknown = sorted(map(str, overlay.keys() - _DOCUMENT))
    if unknown:
        result.problems.append(f"1: unknown key {', '.join(unknown)}: expected one of {', '.join(sorted(_DOCUMENT))}")
    if str(overlay.get("overlay")) != "1.0.0":
        result.problems.append(f"1: overlay is {overlay.get('overlay')!r}: write 1.0.0")
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        result.problems.append("1: actions is not a list")
        return result
    arrays: Arrays = {}
    gained: list[tuple[str, str, Json]] = []
    for number, action in enumerate(actions):
        where = f"{actions.lc.item(number)[0] + 1 if hasattr(actions, 'lc') else number}"
        if not isinstance(action, dict):
            result.problems.append(f"{where}: action {number + 1} is not a map")
            continue
        where += f": {action.get('description')}: {action.get('target')}"
        misfits = [f"{where}: {problem}" for problem in _malformed(action)]
        if not misfits:
            misfits = [f"{where}: {problem}" for problem in _run(action, result, where, arrays, gained, accept)]
        result.problems += misfits
    for path, place, value in gained:
        result.accepted.append(f"  {place}: {_carried_over(result.document, arrays, path, value)}")
    return result


def _malformed(action: Mapping[str, Json]) -> Iterator[str]:
    unknown = sorted(map(str, action.keys() - _KNOWN))
    if unknown:
        yield f"unknown key {', '.join(unknown)}: expected one of {', '.join(sorted(_KNOWN))}"
    if not re.match(r"gap \d+: \S", str(action.get("description"))):
        yield "the description does not name its gap: write 'gap <number>: <what>'"
    if "remove" in action and action["remove"] is not True:
        yield f"remove is {action['remove']!r}: write true, or delete the action"
    elif ("update" in action) == ("remove" in action):
        yield "write either update or remove: true"
    elif "remove" in action and "x-removes" not in action:
        yield "x-removes is missing: write the value that is removed, without descriptions"
    elif "update" in action and "x-removes" in action:
        yield "x-removes is only allowed with remove: true"
    if "update" in action and not (isinstance(action["update"], dict) and action["update"]):
        yield f"update is {plain(action['update'])!r}: write a map of the changes"


def _run(
    action: Mapping[str, Json],
    result: Applied,
    where: str,
    arrays: Arrays,
    gained: list[tuple[str, str, Json]],
    accept: bool,
) -> Iterator[str]:
    try:
        target = parse(str(action.get("target")))
    except (JSONPathError, Exception) as error:  # noqa: BLE001  # its lexer raises bare Exceptions
        yield f"the target is not a JSONPath: {' '.join(str(error).split())}"
        return
    matches = target.find(result.document)
    if len(matches) != 1:
        yield f"the target matches {len(matches)} places" if matches else "the target matches nothing"
        return
    found = matches[0].value
    if "update" in action:
        if isinstance(found, dict):
            yield from _merge(found, action["update"], "", arrays)
        else:
            yield f"the target is a {type(found).__name__}: an update needs a map"
        return
    old, new = plain(action["x-removes"]), without_descriptions(found)
    if (old, repr(old)) != (new, repr(new)) and (
        changes := list(difference(old, new)) or ["its values have different types"]
    ):
        if accept:
            result.accepted += [f"{where}: {change}" for change in changes]
            gained += [(_pointer(matches[0].full_path) + path, path, value) for path, value in _gained(old, new)]
            _rewrite(action, new)
        else:
            result.changed = True
            yield from (f"the removed value has changed: {change}" for change in changes)
    matches[0].full_path.filter(lambda _: True, result.document)


def _rewrite(action: Mapping[str, Json], value: Json) -> None:
    old = action["x-removes"]
    if isinstance(value, dict) and isinstance(old, dict):
        _follow(old, value)
    else:
        action["x-removes"] = value  # type: ignore[index]  # a CommentedMap


def _follow(old: Json, new: dict[str, Json]) -> None:
    """Changes `old` in place to equal `new`, and keeps the layout of what stays."""
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _follow(old[key], value)
        elif key not in old or old[key] != value:
            if isinstance(value, list) and isinstance(old.get(key), list):
                old[key][:] = value
            else:
                old[key] = value


def _merge(old: dict[str, Json], update: Mapping[str, Json], place: str, arrays: Arrays) -> Iterator[str]:
    """Merges `update` into `old` in place. Yields the leaves that change nothing or cannot be merged."""
    for key, value in update.items():
        here = f"{place}.{key}"
        there = old.get(key, _MISSING)
        if isinstance(value, dict) and value and isinstance(there, dict):
            yield from _merge(there, value, here, arrays)
        elif value == {} and isinstance(there, dict):
            yield f"{here} is an empty map: it changes nothing"
        elif there is not _MISSING and plain(value) == there and type(plain(value)) is type(there):
            yield f"{here} changes nothing because the spec has it now: delete it here"
        elif there is not _MISSING and isinstance(value, list):
            yield f"{here} is an array, but the spec has a value there: remove that value first"
        elif there is not _MISSING and isinstance(value, dict) != isinstance(there, dict):
            yield f"{here} would replace {there!r}: remove that value first"
        else:
            old[key] = _tracked(value, arrays)


def _tracked(value: Json, arrays: Arrays) -> Json:
    """Returns a plain copy, and records in `arrays` where each of its arrays came from."""
    if isinstance(value, dict):
        return {str(key): _tracked(item, arrays) for key, item in value.items()}
    copy = plain(value)
    if isinstance(value, list):
        arrays[id(copy)] = copy, value
    return copy


def _pointer(path: Json) -> str:
    """Returns the keys of a jsonpath-ng path as a JSON pointer."""
    keys: list[str] = []
    while hasattr(path, "left"):
        keys.append(str(path.right).strip("'\"[]"))
        path = path.left
    keys.append(str(path).strip("'\"[]"))
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in reversed(keys) if key != "$")


def _gained(old: Json, new: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yields the enum values that only `new` has, with the path of the enum; `_MISSING` for each key that it gained."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() & new.keys():
            yield from _gained(old[key], new[key], f"{path}/{key}")
        yield from ((f"{path}/{key}", _MISSING) for key in new.keys() - old.keys())
    elif isinstance(old, list) and isinstance(new, list):
        yield from ((path, value) for value in new if value not in old)


def _carried_over(document: Json, arrays: Arrays, path: str, value: Json) -> str:
    """Adds an enum value to the enum that replaces the removed one. Returns what was done, in words."""
    enum: Json = document
    try:
        for key in path.split("/")[1:]:
            while isinstance(enum, dict) and "$ref" in enum:
                enum = resolve(document, enum["$ref"])
            enum = resolve(enum, f"#/{key}")
    except KeyError:
        enum = None
    if value is _MISSING or id(enum) not in arrays or not isinstance(value, str):
        return "accepted, but not in any type yet: if the service has it, add it to the overlay document by hand"
    added = value.upper() if all(str(item).isupper() for item in enum) else value
    if added not in enum:
        enum.append(added)
        arrays[id(enum)][1].append(added)
    return f"{added!r} is added to the enum that replaces it in the overlay document"
