"""The envelope and its fixed order of checks: cases 1 to 11, 18, 21, 22, 24, 25 and 28."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest

from shared.crypto import sealing
from shared.wire import canonical, codes, envelope, local, messages
from shared.wire.envelope import SignerStatus
from shared.wire.parties import Party, Role
from shared.wire.reject import Code, Reject
from tests.unit.wire import parts, samples
from tests.unit.wire.parts import (
    LYON,
    LYON_MATCHING,
    NOW,
    OUTSIDER,
    RIGA,
    VILNIUS,
    VILNIUS_MATCHING,
    FixedDirectory,
    FixedRing,
    canonical_json,
    inner_of,
    open_at_lyon,
    wrap,
)


def refused(data: bytes, **arguments: Any) -> Code:
    """The code with which this envelope is refused; fails when it is accepted."""
    with pytest.raises(Reject) as caught:
        open_at_lyon(data, **arguments)
    return caught.value.code


def message(body: messages.Body, to: Party = LYON_MATCHING, sender: Party = VILNIUS) -> envelope.Inner:
    return envelope.Inner(
        id="msg_" + "b" * 26,
        sender=sender,
        skid=parts.skid_of(sender),
        to=to,
        created=NOW - timedelta(minutes=1),
        expires=NOW + timedelta(days=30, minutes=-1),
        seq=7,
        body=body,
    )


def body_of(kind: str) -> messages.Body:
    every = samples.RELAY | samples.SEALED_LOCAL
    classes = messages.RELAY_BODIES | local.SEALED_BODIES
    return classes[kind].model_validate_json(canonical_json(every[kind]))


def sealed(inner: envelope.Inner) -> bytes:
    return envelope.seal(inner, parts.signing_key(inner.sender), parts.opening_key(inner.to).public)


@pytest.mark.parametrize("kind", sorted(samples.RELAY))
def test_every_type_between_organisations_arrives_whole(kind: str) -> None:
    inner = message(body_of(kind), Party("fr-lyon", messages.ADDRESSED_TO[kind]))
    opened = open_at_lyon(sealed(inner), me=inner.to)
    assert opened.inner == inner
    assert opened.inner.type == kind
    parts.signing_key(VILNIUS).verify_key.verify(
        envelope.SIGNATURE_LABEL, opened.header + opened.inner_bytes, opened.raw_signature
    )


@pytest.mark.parametrize("kind", sorted(samples.SEALED_LOCAL))
def test_every_local_type_arrives_whole(kind: str) -> None:
    to = Party("lt-vilnius", Role(local.LOCAL_TO[kind]))
    sender = VILNIUS if to == VILNIUS_MATCHING else VILNIUS_MATCHING
    inner = message(body_of(kind), to, sender)
    assert open_at_lyon(sealed(inner), me=to).inner == inner


def test_an_envelope_after_the_specification_opens() -> None:
    """The builder of the tests shares no code with the implementation."""
    assert open_at_lyon(wrap()).inner == message(body_of("alert.withdrawn"))


def test_a_small_message_has_2174_bytes_and_an_alert_5246() -> None:
    assert len(sealed(message(body_of("alert.withdrawn")))) == 14 + 1120 + 1024 + 16
    assert len(sealed(message(body_of("alert.published")))) == 14 + 1120 + 4096 + 16


@pytest.mark.slow
def test_case_1_every_flipped_bit_of_the_header_and_some_of_the_rest() -> None:
    data = wrap()
    codes = set()
    places = [*range(14 * 8), *range(14 * 8, len(data) * 8, 97), *range((len(data) - 16) * 8, len(data) * 8)]
    for place in places:
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        codes.add(refused(bytes(changed)))
    assert codes == {Code.VERSION, Code.SUITE, Code.SUITE_MISMATCH, Code.UNKNOWN_KEY, Code.DECRYPT}


@pytest.mark.slow
def test_case_1_every_flipped_bit() -> None:
    data = wrap()
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        refused(bytes(changed))


def test_case_2_every_truncation_and_one_byte_more() -> None:
    data = wrap()
    for length in [0, 1, 4, *range(13, len(data), 37), len(data) - 1]:
        assert refused(data[:length]) in (Code.SIZE, Code.DECRYPT)
    assert refused(data + b"\0") is Code.DECRYPT
    assert refused(b"MYOS\x01\x01" + bytes(300_000)) is Code.SIZE


def test_case_3_and_4_replays_are_known_by_sender_and_id_and_asked_last() -> None:
    received: set[tuple[Party, str]] = set()

    def seen(sender: Party, message_id: str) -> bool:
        return (sender, message_id) in received

    first = open_at_lyon(wrap(), seen=seen)
    received.add((first.inner.sender, first.inner.id))
    again = wrap()
    assert refused(again, seen=seen) is Code.REPLAY
    # Sealed once more by a thief of the sender's outbox: another ciphertext, the same id.
    assert wrap() != again
    assert refused(wrap(), seen=seen) is Code.REPLAY
    assert refused(wrap(inner_of(expires="2026-11-21T11:59:30Z")), seen=seen) is Code.EXPIRED


def test_case_5_delivered_to_another_or_reflected_to_the_sender() -> None:
    assert refused(wrap(), me=RIGA) is Code.UNKNOWN_KEY
    assert refused(wrap(), me=VILNIUS) is Code.UNKNOWN_KEY


def test_case_6_a_signed_message_sealed_again_for_somebody_else() -> None:
    """Lyon received this from Vilnius, and hands it to Riga's matching as if it came from Vilnius."""
    riga = Party("lv-riga", Role.MATCHING)
    inner = canonical_json(inner_of(to=str(riga)))
    stolen = parts.signature_of(VILNIUS, parts.header_for(LYON_MATCHING), inner)
    assert refused(wrap(inner, to=riga, signature=stolen), me=riga) is Code.SIGNATURE
    assert open_at_lyon(wrap(inner, to=riga), me=riga).inner.to == riga


@pytest.mark.parametrize("to", ["lv-riga/matching", "fr-lyon/intake", "lt-vilnius/matching"])
def test_case_7_addressed_to_another(to: str) -> None:
    code = Code.TYPE_NOT_ALLOWED if to.startswith("lt-vilnius") else Code.NOT_FOR_ME
    assert refused(wrap(inner_of(to=to))) is code


def test_case_7_a_type_of_the_other_role() -> None:
    inner = inner_of(type="match.notice", body=samples.RELAY["match.notice"])
    assert refused(wrap(inner)) is Code.NOT_FOR_ME


def test_case_8_a_sender_or_key_that_nobody_knows() -> None:
    stranger = inner_of(**{"from": str(OUTSIDER), "skid": parts.skid_of(OUTSIDER)})
    assert refused(wrap(stranger, signer=OUTSIDER)) is Code.UNKNOWN_SENDER
    assert refused(wrap(inner_of(skid="0" * 16))) is Code.UNKNOWN_SENDER


def test_case_9_riga_claims_to_be_vilnius() -> None:
    assert refused(wrap(signer=RIGA)) is Code.SIGNATURE
    assert refused(wrap(signature=bytes(64))) is Code.SIGNATURE
    assert refused(wrap(inner_of(skid=parts.skid_of(RIGA)), signer=RIGA)) is Code.UNKNOWN_SENDER


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (SignerStatus.REVOKED, Code.REVOKED_OR_OLD_KEY),
        (SignerStatus.SUPERSEDED, Code.REVOKED_OR_OLD_KEY),
        (SignerStatus.NOT_VERIFIED, Code.SENDER_NOT_VERIFIED),
        (SignerStatus.SUSPENDED, Code.SENDER_SUSPENDED),
        (SignerStatus.LEFT, Code.SENDER_LEFT),
        (SignerStatus.CARD_EXPIRED, Code.CARD_EXPIRED),
    ],
)
def test_case_10_a_key_that_is_not_to_be_trusted(status: SignerStatus, code: Code) -> None:
    assert refused(wrap(), directory=FixedDirectory({VILNIUS: status})) is code


def test_every_status_but_trusted_refuses_an_alert() -> None:
    for status in set(SignerStatus) - {SignerStatus.TRUSTED}:
        refused(wrap(), directory=FixedDirectory({VILNIUS: status}))


def test_a_new_card_is_heard_after_the_old_one_expired() -> None:
    """Otherwise a partner that was late could never send its new card."""
    inner = message(body_of("card.updated"), LYON)
    directory = FixedDirectory({VILNIUS: SignerStatus.CARD_EXPIRED})
    assert open_at_lyon(sealed(inner), me=LYON, directory=directory).inner == inner
    revoked = FixedDirectory({VILNIUS: SignerStatus.REVOKED})
    assert refused(sealed(inner), me=LYON, directory=revoked) is Code.REVOKED_OR_OLD_KEY


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"magic": b"MYOT"}, Code.VERSION),
        ({"version": 0}, Code.VERSION),
        ({"version": 99}, Code.VERSION),
        ({"suite": 0}, Code.SUITE_MISMATCH),
        ({"suite": 9}, Code.SUITE),
    ],
)
def test_case_11_another_version_or_suite(change: dict[str, Any], code: Code) -> None:
    """The header is rebuilt and everything sealed and signed under it: only the check itself can refuse."""
    assert refused(wrap(header=parts.header_for(LYON_MATCHING, **change))) is code


@pytest.mark.parametrize(
    ("created", "expires", "code"),
    [
        ("2026-11-21T12:11:00Z", "2026-11-22T12:00:00Z", Code.FROM_THE_FUTURE),
        ("2026-11-21T12:10:01Z", "2026-11-22T12:00:00Z", Code.FROM_THE_FUTURE),
        ("2026-11-21T12:10:00Z", "2026-11-22T12:00:00Z", None),
        ("2026-11-21T12:08:00Z", "2026-11-22T12:00:00Z", None),
        ("2026-11-01T12:00:00Z", "2026-11-21T12:00:00Z", Code.EXPIRED),
        ("2026-11-01T12:00:00Z", "2026-11-21T12:00:01Z", None),
        ("2026-11-21T11:00:00Z", "2027-01-20T11:00:00Z", None),
        ("2026-11-21T11:00:00Z", "2027-01-20T11:00:01Z", Code.LIFETIME),
        ("2026-11-21T12:05:00Z", "2026-11-21T12:04:00Z", Code.LIFETIME),
        ("2026-11-21T12:05:00Z", "2026-11-21T12:05:00Z", Code.LIFETIME),
    ],
)
def test_case_18_times(created: str, expires: str, code: Code | None) -> None:
    data = wrap(inner_of(created=created, expires=expires))
    if code is None:
        assert open_at_lyon(data).inner.seq == 7
    else:
        assert refused(data) is code


def _plaintext(length: int | None = None, bucket: int | None = None) -> bytes:
    data = canonical_json(inner_of())
    signature = parts.signature_of(VILNIUS, parts.header_for(LYON_MATCHING), data)
    return parts.padded(parts.content_of(signature, data, length), bucket)


@pytest.mark.parametrize(
    ("plaintext", "code"),
    [
        (_plaintext(bucket=1500), Code.PAD_BUCKET),
        (_plaintext(bucket=1025), Code.PAD_BUCKET),
        (_plaintext(length=1024), Code.PAD_LENGTH),
        (_plaintext(length=1024 - 68 + 1), Code.PAD_LENGTH),
        (_plaintext(length=2**32 - 1), Code.PAD_LENGTH),
        (_plaintext()[:-1] + b"\1", Code.PAD_TAIL),
        (_plaintext(length=10), Code.PAD_TAIL),
        (_plaintext(bucket=4096), Code.PAD_NOT_MINIMAL),
        (_plaintext(bucket=262144), Code.PAD_NOT_MINIMAL),
        (_plaintext(length=0)[:68] + bytes(956), Code.JSON_SYNTAX),
    ],
)
def test_case_21_padding_has_one_form(plaintext: bytes, code: Code) -> None:
    assert refused(wrap(plaintext=plaintext)) is code


def test_padding_just_fits() -> None:
    for bucket in envelope.BUCKETS:
        data = b"x" * (bucket - 68)
        assert len(envelope.pad(bytes(64), data)) == bucket
        assert envelope.unpad(envelope.pad(bytes(64), data)) == (bytes(64), data)


def test_case_22_too_large_is_an_error_before_anything_is_queued() -> None:
    entries = [{"alert": parts.ALERT, "version": 1, "outcome": "stored", "at": samples.TIME}] * 500
    fits = messages.Receipt.model_validate_json(canonical_json(samples.RELAY["receipt"] | {"items": entries}))
    assert len(sealed(message(fits, LYON))) == 14 + 1136 + 65536
    too_large = messages.PseudonymRequest(
        epoch=1, slot=1, purpose="regular", blinded=samples.text(bytes(200_000))
    )
    with pytest.raises(envelope.EnvelopeTooLarge, match="fewer"):
        sealed(message(too_large, LYON))


@pytest.mark.parametrize(
    "change",
    [
        {"skid": "0" * 16},
        {"to": LYON},
        {"to": VILNIUS_MATCHING},
        {"expires": NOW + timedelta(days=61)},
        {"expires": NOW - timedelta(days=1)},
    ],
)
def test_what_no_receiver_would_accept_is_not_sealed(change: dict[str, Any]) -> None:
    inner = replace(message(body_of("alert.withdrawn")), **change)
    with pytest.raises(envelope.BadInner):
        envelope.seal(inner, parts.signing_key(VILNIUS), parts.opening_key(LYON_MATCHING).public)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": None},
        {"seq": True},
        {"seq": "1"},
        {"seq": 0},
        {"seq": -1},
        {"seq": None},
        {"id": "msg_" + "B" * 26},
        {"id": "msg_" + "b" * 26 + "\n"},
        {"type": "alert.forgotten"},
        {"type": 5},
        {"type": "duty.waiting", "body": samples.PLAIN_LOCAL["duty.waiting"]},
        {"skid": None},
        {"skid": "ABCDEF0123456789"},
        {"from": "lt-vilnius"},
        {"from": "lt-vilnius/intake/x"},
        {"from": "lt-vilnius/notify"},
        {"from": "lt-vilnius /intake"},
        {"to": "LT-VILNIUS/intake"},
        {"created": "2026-11-21T11:59:00+00:00"},
        {"created": "2026-11-21 11:59:00Z"},
        {"created": "2026-02-30T11:59:00Z"},
        {"expires": 5},
        {"body": []},
        {"body": None},
        {"body": "text"},
        {"body": {}},
        {"body": {"alert": parts.ALERT, "version": 3, "note": "free text"}},
        {"body": {"alert": parts.ALERT, "version": "3"}},
        {"body": {"alert": parts.ALERT, "version": True}},
        {"body": {"alert": parts.ALERT, "version": 0}},
        {"extra": 1},
    ],
    ids=str,
)
def test_case_24_schema(change: dict[str, Any]) -> None:
    assert refused(wrap(inner_of(**change))) is Code.SCHEMA


def test_case_24_an_explicit_null_is_a_second_spelling_of_an_absent_value() -> None:
    receipt = samples.RELAY["receipt"] | {"head": None}
    data = canonical_json(inner_of(to=str(LYON), type="receipt") | {"body": receipt})
    assert refused(wrap(data, to=LYON), me=LYON) is Code.SCHEMA


@pytest.mark.parametrize("salt", ["aGk=", "AAECAwQFBgcICQoLDA0ODx==", "AAECAwQFBgcICQoLDA0OD?==", "AAEC\n"])
def test_case_25_base64_in_a_second_spelling(salt: str) -> None:
    """`AAECAwQFBgcICQoLDA0ODw==` is the one spelling; `...Dx==` has stray bits that Python lets through."""
    good = inner_of(type="alert.published", body=samples.RELAY["alert.published"])
    assert open_at_lyon(wrap(good)).inner.type == "alert.published"
    content = samples.ALERT_CONTENT | {"tag_sets": [samples.tag_set() | {"salt": salt}]}
    assert refused(wrap(inner_of(type="alert.published", body=content))) is Code.SCHEMA


def test_a_role_signs_only_what_its_card_names() -> None:
    directory = FixedDirectory(types=frozenset({"receipt"}))
    assert refused(wrap(), directory=directory) is Code.TYPE_NOT_ALLOWED


def test_matching_cannot_publish_even_if_a_card_said_so() -> None:
    inner = inner_of(**{"from": str(VILNIUS_MATCHING), "skid": parts.skid_of(VILNIUS_MATCHING)})
    directory = FixedDirectory(types=frozenset(messages.RELAY_BODIES))
    assert refused(wrap(inner, signer=VILNIUS_MATCHING), directory=directory) is Code.TYPE_NOT_ALLOWED


def test_a_local_type_from_a_partner_is_refused() -> None:
    inner = inner_of(type="case.closed", body=samples.SEALED_LOCAL["case.closed"])
    directory = FixedDirectory(types=frozenset({"case.closed"}))
    assert refused(wrap(inner), directory=directory) is Code.TYPE_NOT_ALLOWED


def test_a_relay_type_from_the_own_organisation_is_refused() -> None:
    inner = inner_of(to=str(VILNIUS_MATCHING))
    assert refused(wrap(inner, to=VILNIUS_MATCHING), me=VILNIUS_MATCHING) is Code.TYPE_NOT_ALLOWED


def test_case_20_a_destroyed_key() -> None:
    assert refused(wrap(), ring=FixedRing(())) is Code.UNKNOWN_KEY


def test_case_28_two_sealings_differ_everywhere() -> None:
    inner = message(body_of("alert.withdrawn"))
    first, second = sealed(inner), sealed(inner)
    assert first[:14] == second[:14]
    assert first[14:1102] != second[14:1102]
    assert first[1102:1134] != second[1102:1134]
    assert first[1134:] != second[1134:]


def test_case_28_no_ephemeral_key_is_used_twice() -> None:
    public = parts.opening_key(LYON_MATCHING).public
    assert len({public.seal(b"", b"")[1088:1120] for _ in range(1000)}) == 1000


@pytest.mark.ondemand
def test_case_28_no_ephemeral_key_is_used_twice_in_100_000() -> None:
    public = parts.opening_key(LYON_MATCHING).public
    assert len({public.seal(b"", b"")[1088:1120] for _ in range(100_000)}) == 100_000


def test_the_order_of_the_checks_is_fixed() -> None:
    """Each envelope has this fault and every later one; the earliest is reported (PROTOCOL 5.2)."""
    old = {"created": "2026-01-01T00:00:00Z", "expires": "2026-01-02T00:00:00Z"}
    to_riga = {"to": "lv-riga/matching"}
    suspended = FixedDirectory({VILNIUS: SignerStatus.SUSPENDED})
    worst = inner_of(**old, **to_riga, **{"from": str(OUTSIDER), "skid": parts.skid_of(OUTSIDER)})
    assert refused(wrap(worst, signer=RIGA), directory=suspended) is Code.UNKNOWN_SENDER
    assert (
        refused(wrap(inner_of(**old, **to_riga), signer=RIGA), directory=suspended) is Code.SENDER_SUSPENDED
    )
    assert refused(wrap(inner_of(**old, **to_riga), signer=RIGA)) is Code.SIGNATURE
    assert refused(wrap(inner_of(**old, **to_riga))) is Code.NOT_FOR_ME
    assert refused(wrap(inner_of(**old)), seen=lambda sender, message_id: True) is Code.EXPIRED


def test_a_rejection_says_a_code_and_no_content() -> None:
    with pytest.raises(Reject) as caught:
        open_at_lyon(wrap(inner_of(body={"alert": parts.ALERT, "version": 3, "name": "Testauskienė"})))
    assert caught.value.args == ("schema",)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_every_code_has_a_sentence() -> None:
    for code in Code:
        assert code.sentence.endswith(".")
        assert len(code.sentence) < 110


def test_an_opening_key_never_sees_too_little() -> None:
    with pytest.raises(sealing.CannotOpen):
        parts.opening_key(LYON_MATCHING).open(b"", b"")


def test_many_at_once_are_judged_as_one_by_one() -> None:
    """Whatever stands before it or after it: a refusal at each stage, and good ones between."""
    good = sealed(message(body_of("alert.published")))
    replay = sealed(replace(message(body_of("alert.published")), id="msg_" + "r" * 26))
    late = sealed(replace(message(body_of("alert.published")), created=NOW + timedelta(hours=1)))
    many = [
        b"",
        good,
        good[:-1] + b"x",
        wrap(b"{"),
        good,
        wrap(canonical_json(inner_of(to="x"))),
        late,
        replay,
    ]

    def alone(data: bytes) -> envelope.Opened | Code:
        try:
            return open_at_lyon(data, seen=seen)
        except Reject as refusal:
            return refusal.code

    def seen(sender: Party, message_id: str) -> bool:
        return message_id.endswith("r")

    together = envelope.open_envelopes(
        many,
        keyring=FixedRing((LYON_MATCHING,)),
        directory=FixedDirectory(),
        me=LYON_MATCHING,
        now=NOW,
        seen=seen,
    )
    assert together == [alone(data) for data in many]
    codes = [one if isinstance(one, Code) else None for one in together]
    assert codes[:5] == [Code.SIZE, None, Code.DECRYPT, Code.JSON_SYNTAX, None]
    assert codes[6:] == [Code.FROM_THE_FUTURE, Code.REPLAY]


def test_the_longest_alert_of_one_epoch_fits_into_four_kibibytes() -> None:
    """Its size must not tell how much was ticked, and 16 KiB for each alert would be paid for by all."""
    marks = sorted((f"{kind}:{place}" for kind in codes.MarkKind for place in codes.MarkPlace), key=len)
    longest: dict[str, type[StrEnum]] = {
        "height": codes.HeightBand, "eye_colour": codes.EyeColour, "hair_colour": codes.HairColour,
    }  # fmt: skip
    described = samples.DESCRIPTION | {"languages": ["ukr"] * 8, "marks": marks[-12:]}
    described |= {name: max((code.value for code in list_), key=len) for name, list_ in longest.items()}
    body = samples.ALERT_CONTENT | {"description": described, "version": 10**6}
    sender, to = (f"lt-{letter * 30}/{role}" for letter, role in (("a", "intake"), ("b", "matching")))
    inner = parts.inner_of(type="alert.published", body=body) | {"from": sender, "to": to, "seq": 2**40}
    data = canonical.dumps(inner)
    assert len(data) + 68 <= 4096, len(data)
    two = inner | {"body": body | {"tag_sets": [samples.tag_set(1), samples.tag_set(2)]}}
    assert 4096 < len(canonical.dumps(two)) + 68 <= 16384
