"""Specs with features that ours lacks today: for each, a small document is generated and imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pipeline.package import make
from pipeline.problems import PipelineError
from ruamel.yaml import YAML

MYPY_CACHE = Path(__file__).parent.parent / ".mypy_cache" / "tests"  # caches the standard library's types
NO_OVERLAY = "overlay: 1.0.0\ninfo: {title: nothing, version: '1'}\nactions: []\n"


def made(folder: Path, schemas: str, paths: str = "{}") -> Path:
    """The folder of the package that is generated from a document with these schemas and paths."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": YAML(typ="safe").load(paths),
        "components": {
            "schemas": YAML(typ="safe").load(schemas),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    (folder / "spec.json").write_text(json.dumps(document))
    (folder / "overlay.yaml").write_text(NO_OVERLAY)
    (folder / "made").mkdir()
    make(folder / "spec.json", folder / "made", overlay_path=folder / "overlay.yaml")
    return folder / "made"


def python(folder: Path, program: str) -> list[str]:
    """The lines that a program prints with this package."""
    program = "from cohere_chat_api_client.models import *\nfrom cohere_chat_api_client import models, base\n" + program
    command = [sys.executable, "-W", "error", "-c", f"import sys\nsys.path.insert(0, {str(folder)!r})\n{program}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def mypy(folder: Path, program: str) -> str:
    """The output of mypy --strict for a program that uses this package."""
    (folder / "program.py").write_text(program)
    options = ["--strict", "--follow-imports=silent", "--no-error-summary", "--cache-dir", str(MYPY_CACHE)]
    command = [sys.executable, "-m", "mypy", *options, "program.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_schemas_that_refer_to_each_other_in_a_circle(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        """
        Folder: {type: object, required: [name], properties: {
          name: {type: string}, parent: {$ref: '#/components/schemas/Folder'},
          files: {type: array, items: {$ref: '#/components/schemas/File'}}}}
        File: {type: object, properties: {inside: {$ref: '#/components/schemas/Folder'}}}
        """,
    )
    data = {"name": "a", "parent": {"name": "b"}, "files": [{"inside": {"name": "a", "files": [{}]}}]}
    for first in ("Folder", "File"):
        program = f"models.{first}\ndata = {data}\nprint(Folder.from_dict(data).to_dict() == data, Folder.from_dict(data).parent)"
        assert python(folder, program) == ["True Folder(name='b', parent=None, files=None)"]
    program = "from cohere_chat_api_client.models import Folder\nreveal_type(Folder('a').parent)"
    assert "Folder | None" in mypy(folder, program)


NAMES = """
Odd: {type: object, required: [class], properties: {
  class: {type: string, description: A keyword.}, self: {type: string}, to_dict: {type: string},
  type_: {type: string}, type: {type: string}, x-odd.name: {type: integer}, str: {type: string}, field_dict: {type: string},
  additional_properties: {type: string}, raw: {type: string}, newProperty: {type: string}, _private: {type: string},
  datetime: {type: string, format: date-time}, Odd: {$ref: '#/components/schemas/Odd'}, '1st': {type: string}, '': {type: string}}}
Model: {type: object, properties: {a: {type: string}}}
Any: {type: object, properties: {a: {type: string}}}
"""


def test_names_that_python_does_not_allow_or_that_are_ours(tmp_path: Path) -> None:
    folder = made(tmp_path, NAMES)
    data: dict[str, Any] = {
        "class": "c",
        "self": "s",
        "to_dict": "t",
        "type_": "u",
        "type": "y",
        "x-odd.name": 1,
        "str": "z",
    }
    data |= {"field_dict": "f", "additional_properties": "a", "raw": "r", "newProperty": "n", "_private": "p"}
    data |= {"datetime": "2026-01-02T03:04:05+00:00", "Odd": {"class": "inner"}, "1st": "f", "": "e", "unlisted": None}
    program = f"""
data = {data}
odd = Odd.from_dict(data)
print(odd.to_dict() == data, odd.additional_properties)
print(odd.class_, odd.self_, odd.to_dict_, odd.type_, odd.type, odd.str_, odd.field_dict, odd.raw_, odd.newProperty)
print(Odd("c", self_="s").to_dict(), Odd.from_dict({{"class": "c"}}) == Odd("c"))
print(OddDict.__required_keys__, "x-odd.name" in OddDict.__optional_keys__, ModelSchema(a="b"), AnySchema.__name__)
try:
    Odd.from_dict({{"x-odd.name": "no"}})
except ValueError as error:
    print(type(error).__name__, error)
"""
    assert python(folder, program) == [
        "True {'unlisted': None}",
        "c s t u y z f r n",
        "{'class': 'c', 'self': 's'} True",
        "frozenset({'class'}) True ModelSchema(a='b') AnySchema",
        "ShapeError $.x-odd.name: expected an integer, got a string",
    ]
    literal = "from cohere_chat_api_client.models import OddDict\na: OddDict = {'class': 'c', 'x-odd.name': %s}"
    assert mypy(folder, literal % "1") == ""
    assert "TypedDict item" in mypy(folder, literal % "'1'")


def test_dates_nullable_values_free_form_objects_and_fixed_values(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        """
        Colour: {type: string, nullable: true, enum: [red, RED, '', null, 'two words']}
        Empty: {type: object}
        Many: {type: object, required: [day], properties: {
          day: {type: string, format: date}, at: {type: string, format: date-time}, key: {type: string, format: uuid},
          text: {type: [string, 'null']}, colour: {$ref: '#/components/schemas/Colour'},
          colours: {type: array, items: {$ref: '#/components/schemas/Colour'}},
          size: {type: [string, 'null'], enum: [S, M, null]}, count: {type: integer, enum: [1, -2]},
          only: {type: string, enum: [one]}, kind: {const: many}, free: {type: object}, empty: {$ref: '#/components/schemas/Empty'},
          texts: {type: object, additionalProperties: {type: string}},
          manies: {type: object, additionalProperties: {$ref: '#/components/schemas/Many'}},
          anything: {}, list: {type: array}, nested: {type: array, items: {type: array, items: {type: number}}},
          maybe: {anyOf: [{$ref: '#/components/schemas/Many'}, {type: 'null'}]}, wait: {type: number, default: 0.3}}}
        """,
    )
    data: dict[str, Any] = {
        "day": "2026-01-02",
        "at": "2026-01-02T03:04:05+00:00",
        "key": "12345678-1234-5678-1234-567812345678",
    }
    data |= {
        "text": "t",
        "colour": "RED",
        "colours": ["red", "two words", "blue", ""],
        "size": "M",
        "count": -2,
        "only": "one",
    }
    data |= {
        "kind": "many",
        "free": {"a": [None]},
        "empty": {},
        "texts": {"a": "b"},
        "manies": {"m": {"day": "2026-01-03"}},
    }
    data |= {"anything": {"x": 1}, "list": [1, "a", None], "nested": [[1, 2.5]], "maybe": {"day": "2026-01-04"}}
    program = f"""
data = {data}
many = Many.from_dict(data)
print(many.to_dict() == data, many.day.year, many.at.minute, many.key.int > 0, many.colour is Colour.RED_2, many.size is ManySize.M)
print([type(colour).__name__ for colour in many.colours], many.colours[2] == "blue", many.count is ManyCount.VALUE_NEGATIVE_2)
print(Many.from_dict({{"day": "2026-01-02", "text": None, "maybe": None, "colour": None}}).to_dict())
print(Many.from_dict({{"day": "2026-01-02", "count": 7}}).count == 7, sorted(set(dir(models)) & {{"Empty", "ManyFree"}}))
for bad in ({{"day": "no"}}, {{"day": "2026-01-02", "key": 5}}, {{"day": "2026-01-02", "texts": {{"a": 1}}}}, {{"day": "2026-01-02", "nested": [[1], ["x"]]}}, {{}}, []):
    try:
        Many.from_dict(bad)
    except ValueError as error:
        print(error)
"""
    assert python(folder, program) == [
        "True 2026 4 True True True",
        "['Colour', 'Colour', 'Colour', 'Colour'] True True",
        "{'day': '2026-01-02'}",
        "True []",
        "$.day: expected a date, got 'no'",
        "$.key: expected a UUID, got 5",
        "$.texts.a: expected a string, got a number",
        "$.nested[1][0]: expected a number, got a string",
        "$.day: missing",
        "$: expected an object, got an array",
    ]
    text = (folder / "cohere_chat_api_client" / "models" / "many.py").read_text(encoding="utf-8")
    assert "None | None" not in text
    for line in (
        "text: str | None",
        "free: dict[str, Any] | None",
        "texts: dict[str, str] | None",
        "colour: Colour | None",
    ):
        assert f"    {line} = _field(" in text
    program = """
import datetime
from cohere_chat_api_client.models import Many, ManyDict
Many(datetime.date(2026, 1, 2), size="M", colours=[], only="one", count=1)
ok: ManyDict = {"day": "2026-01-02", "size": "S", "free": {"a": 1}, "anything": 5, "maybe": None}
"""
    assert mypy(folder, program) == ""
    assert "has incompatible type \"Literal['XXL']\"" in mypy(folder, program.replace('"M"', '"XXL"'))


def test_unions_with_and_without_a_discriminator(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        """
        Cat: {type: object, required: [kind, purrs], properties: {kind: {type: string}, purrs: {type: boolean}}}
        Dog: {type: object, required: [kind], properties: {kind: {type: string}, barks: {type: boolean}}}
        Bird: {type: object, properties: {kind: {const: bird}, sings: {type: boolean}}}
        Bee: {type: object, required: [flies], properties: {legs: {type: integer}, flies: {type: boolean}}}
        Ant: {type: object, required: [legs], properties: {legs: {type: integer}, digs: {type: boolean}}}
        Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}],
          discriminator: {propertyName: kind, mapping: {tom: '#/components/schemas/Cat', rex: '#/components/schemas/Dog', pup: '#/components/schemas/Dog'}}}
        Named: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Bird'}], discriminator: {propertyName: kind}}
        Home: {type: object, properties: {
          pet: {$ref: '#/components/schemas/Pet'},
          guess: {oneOf: [{$ref: '#/components/schemas/Bee'}, {$ref: '#/components/schemas/Ant'}, {type: string}]},
          inline: {anyOf: [{type: object, required: [a], properties: {a: {type: integer}}}, {type: object, required: [b], properties: {b: {type: integer}}}]},
          mixed: {oneOf: [{type: integer}, {type: array, items: {type: string}}, {type: boolean}]},
          alone: {oneOf: [{$ref: '#/components/schemas/Bird'}]}}}
        """,
    )
    program = """
for pet in ({"kind": "tom", "purrs": True}, {"kind": "pup"}, {"kind": "new", "x": 1}, {"kind": "tom"}):
    home = Home.from_dict({"pet": pet})
    print(home.pet, home.to_dict() == {"pet": pet})
for guess in ({"legs": 6, "flies": True}, {"legs": 6, "digs": True}, {"legs": 6, "x": 1}, {}, "text"):
    home = Home.from_dict({"guess": guess})
    print(home.guess, home.to_dict() == {"guess": guess})
print(Home.from_dict({"inline": {"b": 1}}).inline, Home.from_dict({"mixed": ["a"]}).mixed, Home.from_dict({"mixed": True}).mixed)
for bad in ({"mixed": [1]}, {"mixed": "x"}, {"alone": 5}):
    try:
        Home.from_dict(bad)
    except ValueError as error:
        print(error)
print(PET_BY_KIND, list(NAMED_BY_KIND))
"""
    assert python(folder, program) == [
        "Cat(kind='tom', purrs=True) True",
        "Dog(kind='pup', barks=None) True",
        "Unknown(type='new', data={'kind': 'new', 'x': 1}) True",
        "Unknown(type='tom', data={'kind': 'tom'}) True",
        "Bee(legs=6, flies=True) True",
        "Ant(legs=6, digs=True) True",
        "Ant(legs=6, digs=None) True",
        "Unknown(type='', data={}) True",
        "text True",
        "HomeInlineType1(b=1) ['a'] True",
        "$.mixed[0]: expected a string, got a number",
        "$.mixed: expected an integer, got a string",
        "$.alone: expected an object, got a number",
        (
            "{'tom': <class 'cohere_chat_api_client.models.cat.Cat'>, 'rex': <class 'cohere_chat_api_client.models.dog.Dog'>, "
            "'pup': <class 'cohere_chat_api_client.models.dog.Dog'>} ['Cat', 'bird']"
        ),
    ]


PATHS = """
/v2/pets/{petId}:
  get:
    operationId: getPet
    parameters:
      - {name: petId, in: path, required: true, schema: {type: string}}
      - {name: page, in: query, schema: {type: integer, default: 3}}
      - {name: order, in: query, schema: {type: string, enum: [up, down], default: up}}
      - {name: class, in: query, schema: {type: array, items: {type: string}}}
    responses: {'200': {description: OK, content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}}
  put:
    operationId: putPet
    parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
    requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
    responses: {'200': {description: OK, content: {application/json: {schema: {type: object}}}}, '204': {description: Gone}}
"""


def test_a_new_operation_with_parameters_and_inline_bodies(tmp_path: Path) -> None:
    folder = made(tmp_path, "{A: {type: object, properties: {a: {type: string}}}}", PATHS)
    program = """
from cohere_chat_api_client.api.default import get_pet, put_pet
print(get_pet._get_kwargs("a/b"))
print(get_pet._get_kwargs("x", page=2, order=GetPetOrder.DOWN, class_=["p"])["params"])
print(put_pet._get_kwargs("x", body=PutPetBody(name="Rex"))["json"])
print(models.GetPetResponse200.from_dict({"name": "Rex"}))
"""
    assert python(folder, program) == [
        "{'method': 'get', 'url': '/v2/pets/a%2Fb', 'params': {}}",
        "{'page': 2, 'order': 'down', 'class': ['p']}",
        "{'name': 'Rex'}",
        "GetPetResponse200(name='Rex')",
    ]


def test_parts_of_an_object_and_old_nullable_values(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        """
        Base: {type: object, required: [id], properties: {id: {type: string}}}
        More: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [b], properties: {b: {type: integer}}}], description: Both.}
        Use: {type: object, properties: {more: {allOf: [{$ref: '#/components/schemas/More'}], description: The rest.}}}
        """,
    )
    program = """
print(More.from_dict({"id": "1", "b": 2}), Use.from_dict({"more": {"id": "1", "b": 2, "c": 3}}).to_dict())
try:
    Use.from_dict({"more": {"id": "1"}})
except ValueError as error:
    print(error)
"""
    assert python(folder, program) == [
        "More(id='1', b=2) {'more': {'id': '1', 'b': 2, 'c': 3}}",
        "$.more.b: missing",
    ]
    assert '"""The rest."""' in (folder / "cohere_chat_api_client/models/use.py").read_text(encoding="utf-8")


def test_words_that_could_break_the_python(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        r'''
        Words: {type: object, description: 'A "quote"""', properties: {
          a: {type: string, description: 'ends with a backslash \', pattern: '^"\\d+''$'},
          b: {type: string, enum: ['say "hi"', "it's", "back\\slash"], default: "it's", description: 'a """ and \N{x}'},
          '"; raise SystemExit #': {type: string, description: '"'}, c: {const: "it's \"x\""}}}
        ''',
    )
    data = {"a": "x", "b": 'say "hi"', '"; raise SystemExit #': "y", "c": 'it\'s "x"'}
    program = f"data = {data}\nwords = Words.from_dict(data)\nprint(words.to_dict() == data, words.b == data['b'], len(WordsB))"
    assert python(folder, program) == ["True True 3"]


REFUSED = {
    "a union that contains itself": (
        "Loop: {oneOf: [{$ref: '#/components/schemas/Loop'}, {type: string}]}\nUse: {type: object, properties: {a: {$ref: '#/components/schemas/Loop'}}}",
        "{}",
        "#/components/schemas/Loop is a union that contains itself",
    ),
    "two classes of one name": (
        "AB: {type: object, properties: {x: {type: string}}}\nA: {type: object, properties: {B: {type: object, properties: {x: {type: string}}}}}",
        "{}",
        "the class AB is already generated from",
    ),
    "a parameter that the generator refuses": (
        "A: {type: object, properties: {a: {type: string}}}",
        "/x: {get: {operationId: x, parameters: [{name: q, in: path, required: true, schema: {type: string}}], responses: {}}}",
        "'q'",
    ),
}


@pytest.mark.parametrize(("schemas", "paths", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_made_is_refused_with_readable_names(
    schemas: str, paths: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(PipelineError) as caught:
        made(tmp_path, schemas, paths)
    assert says in str(caught.value)
    assert "object at 0x" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
