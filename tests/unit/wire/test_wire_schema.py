"""The published JSON Schema accepts what the models do, but for what PROTOCOL 6.4 says in words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from shared.wire import local, messages
from shared.wire.values import decode_base64
from tests.unit.wire import make_schema, parts, samples

FOLDER = Path(__file__).resolve().parents[2] / "vectors"
PUBLISHED = json.loads((FOLDER / make_schema.FILE).read_text())
MODELS = {**messages.RELAY_BODIES, **local.SEALED_BODIES, **local.PLAIN_BODIES}
BODIES = {**samples.RELAY, **samples.SEALED_LOCAL, **samples.PLAIN_LOCAL}
Body = dict[str, Any]


def accepted(name: str, value: object) -> bool:
    """Whether the published schema takes `value` as `name`, a key of its `$defs`."""
    whole = PUBLISHED | {"$ref": f"#/$defs/{name}"}
    return jsonschema.Draft202012Validator(whole).is_valid(value)


def read(name: str, body: Body) -> bool:
    """Whether this implementation takes it: the model, and the same JSON when it is written again."""
    try:
        return MODELS[name].model_validate_json(json.dumps(body), strict=True).to_wire() == body
    except ValidationError:
        return False


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place within a value, as the keys that lead there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def changed(body: Body, path: tuple[Any, ...], **to: Any) -> Body:
    """A copy with another value in one place; without `value`, with nothing there."""
    made = copy.deepcopy(body)
    inside: Any = made
    for key in path[:-1]:
        inside = inside[key]
    if "value" in to:
        inside[path[-1]] = to["value"]
    else:
        del inside[path[-1]]
    return made


def test_the_published_schema_is_what_the_generator_writes() -> None:
    assert (FOLDER / make_schema.FILE).read_text() == make_schema.text(), "run make vectors"
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_schema_and_models_agree(name: str) -> None:
    """Of every type: one good body, each place of it empty, absent or something else, and a field more."""
    assert accepted(name, BODIES[name])
    others = ("", "x y", "A" * 301, "2026-13-01T00:00:00Z", "AB==", "null", None, True, -1, 0, 2**53, [], {})
    tried = [BODIES[name] | {"extra": 1}]
    for path in places(BODIES[name]):
        tried.append(changed(BODIES[name], path))
        tried.extend(changed(BODIES[name], path, value=value) for value in others)
    differing = [body for body in tried if accepted(name, body) != read(name, body)]
    assert not differing, f"{len(differing)} of {len(tried)}, such as {json.dumps(differing[0])[:400]}"


def test_only_words_can_say_that_a_day_exists_and_that_tags_ascend() -> None:
    good = samples.RELAY["alert.published"]
    tags = decode_base64(good["tag_sets"][0]["tags"])
    swapped = samples.text(tags[8:16] + tags[:8] + tags[16:])
    twice = samples.text(tags[:8] + tags[:8] + tags[16:])
    for body in (
        good | {"expires": "2026-02-29T00:00:00Z"},
        changed(good, ("tag_sets", 0, "tags"), value=swapped),
        changed(good, ("tag_sets", 0, "tags"), value=twice),
    ):
        assert accepted("alert.published", body)
        assert not read("alert.published", body)


def test_the_fields_that_may_be_absent_are_those_that_the_protocol_names() -> None:
    """PROTOCOL 6.4, rule 1."""
    optional = {
        name: absent
        for name, schema in PUBLISHED["$defs"].items()
        if (absent := set(schema.get("properties", {})) - set(schema.get("required", [])))
    }
    assert optional == {
        "Description": set(samples.DESCRIPTION),
        "ReceiptItem": {"reason"},
        "receipt": {"head"},
        "match.proposed": {"duty"},
        "match.retracted": {"version"},
        "duty.state": {"reason"},
    }


def test_what_envelopes_and_events_hold_is_chosen_by_its_type() -> None:
    good = parts.inner_of()
    assert accepted("inner", good)
    assert not accepted("inner", good | {"type": "alert.published"})
    assert not accepted("inner", good | {"type": "alert.forgotten"})
    assert not accepted("inner", good | {"to": "fr-lyon"})
    event = {
        "v": 1,
        "type": "duty.settled",
        "id": "msg_" + "b" * 26,
        "from": "intake",
        "created": parts.CREATED,
        "body": samples.PLAIN_LOCAL["duty.settled"],
    }
    assert accepted("event", event)
    assert not accepted("event", event | {"body": {}})


def test_every_signed_document_of_the_vectors_has_its_schema() -> None:
    vectors = json.loads((FOLDER / "card.json").read_text())
    kinds = {"single": "card", "following": "card", "prekeys": "prekeys", "revocations": "revocation"}
    for list_name, kind in kinds.items():
        for vector in vectors[list_name]:
            outer = json.loads(vector["document"])
            assert accepted("document", outer)
            # That there is such a day is one of the things that a schema cannot say.
            refused = vector.get("error") == f"{kind}.schema" and vector["description"] != "no such day"
            assert accepted(kind, outer["document"]) != refused


@pytest.mark.parametrize("length", range(7))
def test_the_pattern_of_base64_takes_one_spelling_only(length: int) -> None:
    """Stray bits in the last character are what most decoders do not notice."""
    text = samples.text(bytes(range(length)))
    body = samples.RELAY["key.revoked"]
    assert accepted("key.revoked", body | {"statement": text})
    if text.endswith("="):
        last = len(text.rstrip("=")) - 1
        stray = text[:last] + chr(ord(text[last]) + 1) + text[last + 1 :]
        assert not accepted("key.revoked", body | {"statement": stray})
