"""Every crypto vector against the real code, or against the reference where the library offers no way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from services.intake.domain.matchkey_places import joined, parted
from services.intake.handlers.pseudonyms.batches import PartnerKeys
from shared.crypto import errors, keyfile_format, oprf, rest, sealing, selftest, signing, tags
from tests.unit.crypto import reference_hpke as hpke
from tests.unit.crypto import reference_ristretto as group
from tests.vectors.generate_crypto import FOLDER, files

Vector = dict[str, Any]
NAMES = ("signing", "sealing", "oprf", "tags", "rest", "keyfile")


def raw(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def hexes(values: list[bytes]) -> list[str]:
    return [value.hex() for value in values]


def run_sign(inputs: Vector) -> Vector:
    key = signing.SigningKey.from_seed(bytes.fromhex(inputs["seed"]))
    signature = key.sign(bytes.fromhex(inputs["label"]), bytes.fromhex(inputs["message"]))
    return {
        "public_key": bytes(key.verify_key).hex(),
        "key_id": signing.key_id(key.verify_key),
        "signature": signature.hex(),
    }


def run_verify(inputs: Vector) -> Vector:
    label, message, signature = raw([inputs["label"], inputs["message"], inputs["signature"]])
    signing.VerifyKey(bytes.fromhex(inputs["public_key"])).verify(label, message, signature)
    return {}


def run_verify_key(inputs: Vector) -> Vector:
    signing.VerifyKey(bytes.fromhex(inputs["public_key"]))
    return {}


def run_key(inputs: Vector) -> Vector:
    private = bytes.fromhex(inputs["private_key"])
    key = sealing.OpeningKey.from_bytes(private)
    assert key.to_bytes() == private
    return {"public_key": key.public.to_bytes().hex(), "kid": sealing.kid(key.public).hex()}


def run_open(inputs: Vector) -> Vector:
    key = sealing.OpeningKey.from_bytes(bytes.fromhex(inputs["private_key"]))
    return {"plaintext": key.open(bytes.fromhex(inputs["sealed"]), bytes.fromhex(inputs["info"])).hex()}


def run_sealing_key(inputs: Vector) -> Vector:
    sealing.SealingKey.from_bytes(bytes.fromhex(inputs["public_key"]))
    return {}


def run_derive(inputs: Vector) -> Vector:
    return {"public_key": pseudonym_key(inputs).public_key.hex()}


def run_pseudonym(inputs: Vector) -> Vector:
    key = pseudonym_key(inputs)
    return {"pseudonyms": [key.pseudonym(match_key).hex() for match_key in raw(inputs["match_keys"])]}


def run_evaluate(inputs: Vector) -> Vector:
    """The proof differs each time, so the reference checks it instead of a comparison."""
    key, blinded = pseudonym_key(inputs), raw(inputs["blinded"])
    evaluated, proof = key.evaluate(blinded)
    assert group.verify(key.public_key, blinded, evaluated, proof)
    return {"evaluated": hexes(evaluated)}


def run_finalize(inputs: Vector) -> Vector:
    """By the reference: the library lets nobody choose blinding factors. The real one: test_crypto_oprf."""
    blinded, evaluated = raw(inputs["blinded"]), raw(inputs["evaluated"])
    public, proof = raw([inputs["public_key"], inputs["proof"]])
    if len(blinded) != len(evaluated) or not group.verify(public, blinded, evaluated, proof):
        raise errors.BadEvaluation
    blinds = [int.from_bytes(blind, "little") for blind in raw(inputs["blinds"])]
    keys = raw(inputs["match_keys"])
    return {
        "pseudonyms": [
            group.finalize(*answer)[:16].hex() for answer in zip(keys, blinds, evaluated, strict=True)
        ]
    }


def run_evaluate_batch(inputs: Vector) -> Vector:
    """By the real keys and places; the reference checks both proofs."""
    publisher, finder, epoch = inputs["info"].split("|")
    assert inputs["coarse_info"] == inputs["info"] + "|coarse"
    keys = PartnerKeys(bytes.fromhex(inputs["master"]), publisher, finder, int(epoch))
    blinded = raw(inputs["blinded"])
    answer = keys.evaluate(blinded)
    fine, coarse = zip(parted(blinded), parted(answer.elements), strict=True)
    assert group.verify(keys.public.fine, *fine, answer.proof)
    assert group.verify(keys.public.coarse, *coarse, answer.coarse_proof)
    return {
        "public_key": keys.public.fine.hex(),
        "coarse_public_key": keys.public.coarse.hex(),
        "evaluated": hexes(answer.elements),
    }


def run_finalize_batch(inputs: Vector) -> Vector:
    """Each part by the reference as above, at the real places. The real one: test_pseudonym_batches."""
    if inputs["public_key"] == inputs["coarse_public_key"]:
        raise errors.BadEvaluation
    lists = {name: parted(inputs[name]) for name in ("match_keys", "blinds", "blinded", "evaluated")}
    parts = [
        run_finalize({name: both[part] for name, both in lists.items()} | said)["pseudonyms"]
        for part, said in enumerate(
            (
                {"public_key": inputs["public_key"], "proof": inputs["proof"]},
                {"public_key": inputs["coarse_public_key"], "proof": inputs["coarse_proof"]},
            )
        )
    ]
    return {"pseudonyms": joined(*parts)}


def pseudonym_key(inputs: Vector) -> oprf.PseudonymKey:
    return oprf.PseudonymKey.derive(bytes.fromhex(inputs["master"]), inputs["info"])


def run_rfc9497_reference(inputs: Vector, mode: int) -> Vector:
    secret, public = group.derive_key_pair(
        bytes.fromhex(inputs["seed"]), bytes.fromhex(inputs["key_info"]), mode
    )
    messages, blinds = raw(inputs["inputs"]), [int.from_bytes(b, "little") for b in raw(inputs["blinds"])]
    blinded = [group.blind(message, blind, mode) for message, blind in zip(messages, blinds, strict=True)]
    evaluated = [group.evaluate(secret, element) for element in blinded]
    result: Vector = {"private_key": secret.to_bytes(32, "little").hex()}
    result |= {"blinded": hexes(blinded), "evaluated": hexes(evaluated)}
    result["outputs"] = hexes(
        [group.finalize(*answer) for answer in zip(messages, blinds, evaluated, strict=True)]
    )
    if mode == group.VOPRF_MODE:
        random = int.from_bytes(bytes.fromhex(inputs["proof_random"]), "little")
        proof = group.prove(secret, public, blinded, evaluated, random)
        assert group.verify(public, blinded, evaluated, proof)
        result |= {"public_key": public.hex(), "proof": proof.hex()}
    return result


def run_rfc9497_oprf(inputs: Vector) -> Vector:
    """Mode OPRF is not in the library and not in the product; it vouches for the reference."""
    return run_rfc9497_reference(inputs, group.OPRF_MODE)


def run_rfc9497_voprf(inputs: Vector) -> Vector:
    """The reference computes the whole vector, the real code everything that it lets a caller fix."""
    expected = run_rfc9497_reference(inputs, group.VOPRF_MODE)
    key = oprf.PseudonymKey.derive(bytes.fromhex(inputs["seed"]), bytes.fromhex(inputs["key_info"]).decode())
    evaluated, proof = key.evaluate(raw(expected["blinded"]))
    assert key.public_key.hex() == expected["public_key"]
    assert hexes(evaluated) == expected["evaluated"]
    assert group.verify(key.public_key, raw(expected["blinded"]), evaluated, proof)
    for message, output in zip(raw(inputs["inputs"]), expected["outputs"], strict=True):
        assert key.pseudonym(message).hex() == output[:32]
        # The client's side, with blinding factors of its own choice, arrives at the same output.
        batch = oprf.BlindedBatch.of([message])
        assert hexes(batch.finalize(*key.evaluate(batch.blinded), key.public_key)) == [output[:32]]
    return expected


def run_tags(inputs: Vector) -> Vector:
    salt, pseudonyms = bytes.fromhex(inputs["salt"]), raw(inputs["pseudonyms"])
    column = tags.tag_column(salt, b"".join(pseudonyms))
    return {
        "tags": [tags.tag(salt, pseudonym).hex() for pseudonym in pseudonyms],
        "numbers": [str(number) for number in column],
    }


def run_unlock(inputs: Vector) -> Vector:
    salt, pseudonym, masked = raw([inputs["salt"], inputs["pseudonym"], inputs["masked"]])
    return {"details": tags.unlock(salt, pseudonym, masked).hex()}


def run_decrypt(inputs: Vector) -> Vector:
    key, stored, context = raw([inputs["key"], inputs["stored"], inputs["context"]])
    return {"plaintext": rest.RestCipher(key).decrypt(stored, context).hex()}


def run_unpack(inputs: Vector) -> Vector:
    opened = keyfile_format.unpack(*raw([inputs["file"], inputs["passphrase"]]))
    return {"secrets": {name: secret.hex() for name, secret in opened.secrets.items()}}


OPERATIONS: dict[str, Callable[[Vector], Vector]] = {
    "sign": run_sign,
    "verify": run_verify,
    "verify_key": run_verify_key,
    "key": run_key,
    "open": run_open,
    "sealing_key": run_sealing_key,
    "derive": run_derive,
    "pseudonym": run_pseudonym,
    "evaluate": run_evaluate,
    "finalize": run_finalize,
    "evaluate_batch": run_evaluate_batch,
    "finalize_batch": run_finalize_batch,
    "rfc9497_mode_0": run_rfc9497_oprf,
    "rfc9497_mode_1": run_rfc9497_voprf,
    "tags": run_tags,
    "unlock": run_unlock,
    "decrypt": run_decrypt,
    "unpack": run_unpack,
}


def cases() -> list[Any]:
    return [
        pytest.param(
            vector, id=" - ".join((name, f"case {vector.get('case', 'none')}", vector["description"]))
        )
        for name in NAMES
        for vector in json.loads((Path(FOLDER) / f"{name}.json").read_text())["vectors"]
    ]


@pytest.mark.parametrize("vector", cases())
def test_a_vector_gives_what_it_says(vector: Vector) -> None:
    """Cases 13, 14, 30 to 34 and 82: the row is in each vector and in the test's name."""
    operation = OPERATIONS[vector["operation"]]
    if "error" in vector:
        refusal = getattr(errors, vector["error"], ValueError)
        with pytest.raises(refusal) as caught:
            operation(vector["inputs"])
        assert type(caught.value).__name__ == vector["error"]
    else:
        assert operation(vector["inputs"]) == vector["expected"]


@pytest.mark.slow
def test_the_committed_vectors_are_those_that_the_generator_makes() -> None:
    for name, text in files().items():
        assert (Path(FOLDER) / name).read_text() == text, f"run make vectors: {name} differs"


def test_the_published_x_wing_secret_is_what_the_library_decapsulates() -> None:
    """ML-KEM, X25519 and the combiner agree with the draft before HPKE is built on them."""
    published = json.loads((Path(FOLDER) / "published_crypto.json").read_text())["xwing"]
    private = hpke.expand_xwing_seed(bytes.fromhex(published["seed"]))
    assert MLKEM768PrivateKey.from_seed_bytes(private[:64]).private_bytes_raw() == private[:64]
    secret = hpke.decapsulate(private, bytes.fromhex(published["encapsulation"]))
    assert secret.hex() == published["shared_secret"]


def test_the_self_test_passes_here() -> None:
    selftest.run()
