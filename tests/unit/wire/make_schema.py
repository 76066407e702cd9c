"""Makes the JSON Schema of everything that is written as JSON on the wire, from the models that read it.

The schema says what a reader of another implementation needs; what a schema cannot say is in PROTOCOL 6.4.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from shared.partners.card import Card
from shared.partners.prekeys import PrekeySet
from shared.partners.revocation import RevocationStatement
from shared.post import plain
from shared.wire import envelope, local, messages
from shared.wire.parties import ORGANISATION
from shared.wire.values import base64_shape

Schema = dict[str, Any]
FILE = "messages.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, type[BaseModel]] = {
    "card": Card,
    "prekeys": PrekeySet,
    "revocation": RevocationStatement,
}
SEALED: dict[str, type[BaseModel]] = {**messages.RELAY_BODIES, **local.SEALED_BODIES}
PLAIN: dict[str, type[BaseModel]] = {**local.PLAIN_BODIES}
_INNER = envelope._Fields[messages.Tombstone]  # every other body is put in its place below
_PARTY = {"type": "string", "pattern": f"^{ORGANISATION.pattern}/(intake|matching)$"}


class WireSchema(GenerateJsonSchema):
    """As the wire has it: what is absent is left out, so null is refused and a default is always written."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        del total
        inner = field["schema"]
        return not (inner["type"] == "default" and inner["schema"]["type"] == "nullable")

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        return super().dict_schema(schema) | {"additionalProperties": False}


def schema() -> Schema:
    """The whole file: `$defs` holds each body under its type, and what bodies and documents stand in."""
    names: dict[type[BaseModel], str] = {
        model: name for name, model in {**SEALED, **PLAIN, **DOCUMENTS}.items()
    } | {_INNER: "inner", plain._Event: "event"}
    mode: JsonSchemaMode = "validation"
    references, made = models_json_schema([(model, mode) for model in names], schema_generator=WireSchema)
    renamed = {references[model, mode]["$ref"]: f"#/$defs/{name}" for model, name in names.items()}
    definitions: Schema = {
        renamed.get(f"#/$defs/{key}", key).removeprefix("#/$defs/"): _cleaned(value, renamed)
        for key, value in made["$defs"].items()
    }
    definitions["inner"]["properties"] |= {"from": _PARTY, "to": _PARTY}
    _choose_body(definitions["inner"], SEALED)
    _choose_body(definitions["event"], PLAIN)
    # The character classes of the model's pattern are not known to every validator; PROTOCOL 4.2 says them.
    definitions["card"]["properties"]["name"] = {"type": "string", "minLength": 1, "maxLength": 80}
    definitions["document"] = _document()
    return {
        "$schema": DIALECT,
        "title": "Myosotis protocol, version 1",
        "description": "PROTOCOL 4, 6 and 9. `inner` is what an envelope holds, `event` what goes to and "
        "from notify, `document` a signed document; `card`, `prekeys` and `revocation` are what it holds; "
        "every body stands under its type. What a schema cannot say is in PROTOCOL 6.4.",
        "$defs": dict(sorted(definitions.items())),
    }


def text() -> str:
    """The whole text of the file, the same each time."""
    return json.dumps(schema(), indent=1, ensure_ascii=True) + "\n"


def _choose_body(whole: Schema, bodies: Mapping[str, object]) -> None:
    whole["properties"] |= {"type": {"enum": sorted(bodies)}, "body": {"type": "object"}}
    whole["allOf"] = [
        {
            "if": {"properties": {"type": {"const": name}}},
            "then": {"properties": {"body": {"$ref": f"#/$defs/{name}"}}},
        }
        for name in sorted(bodies)
    ]


def _document() -> Schema:
    """The outer fields only: what they must be beyond this has codes of its own (PROTOCOL 4.1)."""
    text = {"type": "string", "pattern": base64_shape().pattern}
    return {
        "description": "A signed document (PROTOCOL 4.1).",
        "type": "object",
        "additionalProperties": False,
        "required": ["document", "key", "kind", "signature"],
        "properties": {
            "document": {"type": "object"},
            "key": text,
            "kind": {"type": "string"},
            "signature": text,
        },
    }


def _cleaned(value: Any, renamed: Mapping[str, str]) -> Any:
    """References follow the new names; titles, which only repeat the names of fields, are left out."""
    if isinstance(value, list):
        return [_cleaned(item, renamed) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: item for name, item in value.items() if name != "title" or not isinstance(item, str)}
    return {
        name: renamed.get(item, item) if name == "$ref" else _cleaned(item, renamed)
        for name, item in kept.items()
    }
