"""The same with real keys: that guesses find what the plain join finds, and nothing without evaluations.

Also what equal or unequal tags tell: of two alerts, of one person's two alerts, of two partners.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bench.privacy.people import SEED, Alert
from services.intake.domain.matchkeys import MatchKey, case_keys
from shared.crypto.oprf import BlindedBatch, PseudonymKey
from shared.crypto.tags import (
    DETAILS_BYTES,
    TAG_BYTES,
    TagFinder,
    masked_details,
    padded_tags,
    tag,
    unlock,
    unlock_all,
)

TAGS = 160
FIELD_BITS = 8 * DETAILS_BYTES


class Keys:
    """A publisher's two keys for one partner and epoch (PROTOCOL 3.3)."""

    def __init__(self, partner: str, master: str = "publisher") -> None:
        seed = sha256(f"{SEED} {master}".encode()).digest()
        self.fine = PseudonymKey.derive(seed, f"publisher|{partner}|1")
        self.coarse = PseudonymKey.derive(seed, f"publisher|{partner}|1|coarse")

    def pseudonyms(self, keys: Iterable[MatchKey]) -> list[bytes]:
        """As the publisher makes them for an alert."""
        return [(self.coarse if key.coarse else self.fine).pseudonym(key.text) for key in keys]


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert as a partner receives it: salt, tags, masked details."""

    salt: bytes
    tags: bytes
    details: bytes

    def opened(self, pseudonym: bytes) -> bytes | None:
        """The details if one of the tags is this pseudonym's."""
        if not TagFinder(self.salt, self.tags).positions([pseudonym]):
            return None
        return unlock_all(self.salt, pseudonym, self.tags, self.details)[0]

    def each_tag(self) -> list[bytes]:
        """The tags, one by one."""
        return [self.tags[start : start + TAG_BYTES] for start in range(0, len(self.tags), TAG_BYTES)]


def send(alert: Alert, keys: Keys, salt: bytes | None = None) -> Sent:
    """What a publisher sends of an alert."""
    salt, pseudonyms = salt or alert.salt, b"".join(keys.pseudonyms(alert.keys))
    tags = padded_tags(salt, pseudonyms, TAGS)
    return Sent(salt, b"".join(tags), masked_details(salt, pseudonyms, alert.details.pack(), tags))


def evaluated(texts: Sequence[bytes], key: PseudonymKey) -> list[bytes]:
    """Guesses evaluated blindly, as a partner's are."""
    batch = BlindedBatch.of(texts)
    return batch.finalize(*key.evaluate(batch.blinded), key.public_key)


@dataclass(frozen=True, slots=True)
class Checks:
    """What the sample with real keys showed; counts unless said."""

    alerts: int
    guesses: int
    plain_hits: int
    real_hits: int
    same_hits: bool
    """Alert by alert, guess by guess."""
    details_right: bool
    """Every hit unlocked the details of that alert."""
    coarse_under_fine_key: int
    """Hits of coarse guesses in fine places."""
    hits_without_evaluations: int
    """Hits with pseudonyms under a key of the guesser's own."""
    details_bits_without: float
    """The part of the bits of details that come out right with a wrong pseudonym: one half is chance."""
    equal_tags: int
    """Tags that stand in two alerts."""
    equal_tags_of_one_person: int
    """In two alerts about one person to one partner, and to two partners."""
    equal_pseudonyms_of_partners: int
    """Of the same match keys, under the keys of two partners."""
    linked_with_a_pseudonym: float
    """Of people with two alerts, those whom a partner with the same person on file links."""


def check(alerts: Sequence[Alert], strangers: Sequence[Alert]) -> Checks:
    """Attack some alerts with real keys; guesses are match keys of these people and of strangers."""
    keys, other, own = Keys("one"), Keys("two"), Keys("one", "guesser")
    sent = [send(alert, keys) for alert in alerts]
    guesses = [key for alert in (*alerts, *strangers) for key in alert.keys[::12]]
    plain = {(n, g.text) for n, alert in enumerate(alerts) for g in guesses if g in alert.keys}
    by_kind = {one: [g for g in guesses if g.coarse is one] for one in (False, True)}
    real, right = set(), True
    for coarse, chosen in by_kind.items():
        texts = [one.text for one in chosen]
        for text, pseudonym in zip(
            texts, evaluated(texts, keys.coarse if coarse else keys.fine), strict=True
        ):
            for number in _found(sent, pseudonym):
                real.add((number, text))
                right &= sent[number].opened(pseudonym) == alerts[number].details.pack()
    coarse_texts = [one.text for one in by_kind[True]]
    wrong = sum(len(_found(sent, one)) for one in evaluated(coarse_texts, keys.fine))
    stolen = own.pseudonyms(guesses)
    again = [send(alert, keys, sha256(alert.salt).digest()[:16]) for alert in alerts]
    elsewhere = [send(alert, other, sha256(alert.salt + b"2").digest()[:16]) for alert in alerts]
    repeated = Counter(each for one in sent for each in one.each_tag())
    return Checks(
        alerts=len(alerts),
        guesses=len(guesses),
        plain_hits=len(plain),
        real_hits=len(real),
        same_hits=plain == real,
        details_right=right,
        coarse_under_fine_key=wrong,
        hits_without_evaluations=sum(len(_found(sent, one)) for one in stolen),
        details_bits_without=_bits(sent, alerts, stolen),
        equal_tags=sum(count > 1 for count in repeated.values()),
        equal_tags_of_one_person=sum(
            len(set(a.each_tag()) & set(b.each_tag())) + len(set(a.each_tag()) & set(c.each_tag()))
            for a, b, c in zip(sent, again, elsewhere, strict=True)
        ),
        equal_pseudonyms_of_partners=len(set(keys.pseudonyms(guesses)) & set(other.pseudonyms(guesses))),
        linked_with_a_pseudonym=_linked(alerts, keys, sent, again),
    )


def _found(sent: Sequence[Sent], pseudonym: bytes) -> list[int]:
    return [number for number, one in enumerate(sent) if tag(one.salt, pseudonym) in one.tags]


def _bits(sent: Sequence[Sent], alerts: Sequence[Alert], pseudonyms: Sequence[bytes]) -> float:
    """Bits of the details that come out right with pseudonyms that are not the alert's."""
    right = tried = 0
    for one, alert in zip(sent, alerts, strict=True):
        for pseudonym in pseudonyms[:20]:
            read = int.from_bytes(unlock(one.salt, pseudonym, one.details[:DETAILS_BYTES]), "big")
            right += FIELD_BITS - (read ^ int.from_bytes(alert.details.pack(), "big")).bit_count()
            tried += FIELD_BITS
    return right / tried


def _linked(alerts: Sequence[Alert], keys: Keys, sent: Sequence[Sent], again: Sequence[Sent]) -> float:
    """A partner that holds a case of the person has pseudonyms that both alerts answer to."""
    linked = 0
    for alert, one, two in zip(alerts, sent, again, strict=True):
        own = keys.pseudonyms(case_keys(alert.person))
        linked += any(one.opened(each) and two.opened(each) for each in own)
    return linked / len(alerts)
