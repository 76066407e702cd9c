"""Coded values that may leave an organisation, with the field's own words (words.md).

A coded value is one of a published list; a reader sees it in their own language.
"""

from enum import StrEnum


class MsgStatus(StrEnum):
    """CAP 1.2 status. An Exercise or a Test never wakes anybody as a real alert does."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


class Urgency(StrEnum):
    """CAP 1.2 urgency: how soon somebody has to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Tlp(StrEnum):
    """FIRST TLP 2.0: who may be told. Alerts default to amber+strict."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"


class PermittedUse(StrEnum):
    """What the receiver may do with an alert."""

    MATCH_ONLY = "match_only"
    ASK_PARTNER = "ask_partner"
    CONTACT_PERSON = "contact_person"
    PUBLIC_APPEAL = "public_appeal"


class Category(StrEnum):
    """Kinds of missing children (Missing Children Europe, 116 000), and adults."""

    RUNAWAY = "runaway"
    PARENTAL_ABDUCTION = "parental_abduction"
    THIRD_PERSON_ABDUCTION = "third_person_abduction"
    UNACCOMPANIED_MIGRANT = "unaccompanied_migrant"
    LOST_INJURED_OTHERWISE = "lost_injured_otherwise"
    ADULT = "adult"


class CaseKind(StrEnum):
    """Whether an organisation looks for the person, holds them, or holds somebody unnamed."""

    MISSING = "missing"
    FOUND = "found"
    UNIDENTIFIED = "unidentified"


class Sex(StrEnum):
    """PFIF 1.4."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class EyeColour(StrEnum):
    BLUE = "blue"
    GREY = "grey"
    GREEN = "green"
    BROWN = "brown"
    BLACK = "black"
    OTHER = "other"


class HairColour(StrEnum):
    BLOND = "blond"
    BROWN = "brown"
    BLACK = "black"
    RED = "red"
    GREY = "grey"
    WHITE = "white"
    NONE = "none"
    OTHER = "other"


class HeightBand(StrEnum):
    """Ten-centimetre bands, named by their lower edge; both ends are open."""

    UNDER_100 = "under_100"
    FROM_100 = "100"
    FROM_110 = "110"
    FROM_120 = "120"
    FROM_130 = "130"
    FROM_140 = "140"
    FROM_150 = "150"
    FROM_160 = "160"
    FROM_170 = "170"
    FROM_180 = "180"
    FROM_190 = "190_and_over"


class MarkKind(StrEnum):
    """Kinds of marks; a mark is written kind:place, such as tattoo:forearm_left."""

    SCAR = "scar"
    TATTOO = "tattoo"
    BIRTHMARK = "birthmark"
    PIERCING = "piercing"
    AMPUTATION = "amputation"
    PROSTHESIS = "prosthesis"


class MarkPlace(StrEnum):
    """Where on the body."""

    HEAD = "head"
    FACE = "face"
    NECK = "neck"
    CHEST = "chest"
    BACK = "back"
    BELLY = "belly"
    SHOULDER_LEFT = "shoulder_left"
    SHOULDER_RIGHT = "shoulder_right"
    ARM_LEFT = "arm_left"
    ARM_RIGHT = "arm_right"
    FOREARM_LEFT = "forearm_left"
    FOREARM_RIGHT = "forearm_right"
    HAND_LEFT = "hand_left"
    HAND_RIGHT = "hand_right"
    LEG_LEFT = "leg_left"
    LEG_RIGHT = "leg_right"
    FOOT_LEFT = "foot_left"
    FOOT_RIGHT = "foot_right"


class MatchState(StrEnum):
    """A possible match's life; stored, never forgotten."""

    NEW = "new"
    IN_REVIEW = "in_review"
    NEED_INFORMATION = "need_information"
    PROBABLE = "probable"
    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"
    REUNITED_ELSEWHERE = "reunited_elsewhere"
    WITHDRAWN = "withdrawn"


class Strength(StrEnum):
    """How strong a possible match is, in words; absolute, not relative to other hits."""

    ALMOST_CERTAIN = "almost_certain"
    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    ABOUT_EVEN = "about_even"
    UNLIKELY = "unlikely"

    @property
    def wakes(self) -> bool:
        """Whether the people on duty are told; what is unlikely stands on the desk alone."""
        return self is not Strength.UNLIKELY


class ContactWish(StrEnum):
    """What the found person wants."""

    NO_CONTACT = "no_contact"
    TELL_SAFE = "tell_safe"
    PASS_MESSAGE = "pass_message"  # noqa: S105 - a wish, not a secret
    SHARE_CONTACT = "share_contact"
    MEET = "meet"


class Verdict(StrEnum):
    """What one comparator says about a possible match."""

    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


class ReceiptOutcome(StrEnum):
    """What a partner signs for. `compared` is sent whether or not anything was found."""

    STORED = "stored"
    COMPARED = "compared"
    DELETED = "deleted"
    REFUSED = "refused"


class PartnerStatus(StrEnum):
    """Where a partner stands; only `verified` is given anything and gets anything."""

    SELF = "self"
    UNVERIFIED = "unverified"
    COMPARED = "compared"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    SUSPECT = "suspect"
    LEFT = "left"
