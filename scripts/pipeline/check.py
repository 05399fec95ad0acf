"""Reports what is wrong with a merged document before the generator runs.

Belongs here: OpenAPI's own schema, dangling references, and anything that would break the generated package. Not
known here: the overlay document, Python types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from .problems import resolve

Json: TypeAlias = Any  # a document, or any part of one
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_META_SCHEMA = Draft202012Validator(Draft202012Validator.META_SCHEMA)
_TAKEN = {"body", "client"}  # parameters of every generated operation


def problems(document: dict[str, Json]) -> list[str]:
    """Returns one line `path: message` of at most 160 characters for each problem."""
    found = [*references(document)]
    # Validators follow references, and crash on dangling ones.
    found = found or [line for line in _schema_errors(document) if "Operation ID" not in line]
    found = found or [*_operations(document)]  # it names both places of a duplicate
    return [line if len(line) <= 160 else f"{line[:157]}..." for line in found]


def references(value: Json, document: Json = None, place: str = "") -> Iterator[str]:
    """Yields references that do not resolve, or that point outside the document."""
    document = value if document is None else document
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            try:
                resolve(document, reference)
            except KeyError:
                yield f"{place}.$ref: {reference} is not in this document".lstrip(".")
            if not reference.startswith("#/"):
                yield f"{place}.$ref: {reference} points outside this document".lstrip(".")
        for key, item in value.items():
            yield from references(item, document, f"{place}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, document, f"{place}[{index}]")


def _schema_errors(document: dict[str, Json]) -> Iterator[str]:
    version = str(document.get("openapi", ""))
    kind = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}.get(version[:3])
    if kind is None:
        yield f"openapi: {version or 'missing'}: write OpenAPI 3.0 or 3.1"
        return
    # Check each schema first: the validator of the whole document reports only one error, without its place.
    found = [*_errors_of_schemas(document, "")] if version.startswith("3.1") else []
    yield from found or (_line(error.absolute_path, error.message) for error in kind(document).iter_errors())


def _errors_of_schemas(value: Json, place: str) -> Iterator[str]:
    """Yields the errors of every schema in `value`, a part of the document."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "schema" or place == ".components.schemas":
                for error in _META_SCHEMA.iter_errors(item):
                    yield _line([*f"{place}.{key}".strip(".").split("."), *error.absolute_path], error.message)
            else:
                yield from _errors_of_schemas(item, f"{place}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _errors_of_schemas(item, f"{place}[{index}]")


def _line(path: Iterable[str | int], message: str) -> str:
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return f"{place.lstrip('.') or '$'}: {' '.join(message.split())}"


def operations(document: Mapping[str, Json]) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Yields `(method, path, operation)` for each operation."""
    for path, item in (document.get("paths") or {}).items():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield method, path, item[method]


def _operations(document: dict[str, Json]) -> Iterator[str]:
    """Yields the parts that the generator would turn into a package that cannot be imported or lacks an operation."""
    named: dict[str, str] = {}
    for method, path, operation in operations(document):
        place = f"paths.{path}.{method}"
        name = operation.get("operationId")
        if name in named:
            yield f"{place}.operationId: {name} is also the operationId of {named[name]}"
        elif name is not None:
            named[name] = f"paths.{path}.{method}"
        parameters = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        for parameter in parameters:
            parameter = resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter
            if parameter["name"] in _TAKEN:
                yield f"{place}.parameters: a parameter named {parameter['name']} is not supported"
        body = operation.get("requestBody") or {}
        body = resolve(document, body["$ref"]) if "$ref" in body else body
        kinds = list(body.get("content", {}))
        if len(kinds) > 1:
            yield f"{place}.requestBody.content: more than one type of body is not supported: {', '.join(kinds)}"
        elif kinds and "json" not in kinds[0]:
            yield f"{place}.requestBody.content: {kinds[0]} is not supported: only JSON is"
