"""The domain's own copy of the published code lists, so that it depends on no wire format.

A test compares every list with shared.wire.codes; lists that never leave the house are at the end.
"""

from enum import StrEnum


class MsgStatus(StrEnum):
    """CAP 1.2 status: is this real, or practice."""

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
    """FIRST TLP 2.0: who may be told."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"


class PermittedUse(StrEnum):
    """What the receiver of an alert may do with it."""

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
    """Whether we look for the person, hold them, or hold somebody who cannot say who they are."""

    MISSING = "missing"
    FOUND = "found"
    UNIDENTIFIED = "unidentified"


class Sex(StrEnum):
    """PFIF 1.4."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class EyeColour(StrEnum):
    """Colour of the eyes."""

    BLUE = "blue"
    GREY = "grey"
    GREEN = "green"
    BROWN = "brown"
    BLACK = "black"
    OTHER = "other"


class HairColour(StrEnum):
    """Colour of the hair, as last seen."""

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
    """Where on the body a mark is."""

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


class ContactWish(StrEnum):
    """What the found person wants."""

    NO_CONTACT = "no_contact"
    TELL_SAFE = "tell_safe"
    PASS_MESSAGE = "pass_message"  # noqa: S105  (a wish, not a password)
    SHARE_CONTACT = "share_contact"
    MEET = "meet"


# From here on: lists that stay in the house and have no counterpart on the wire.


class Risk(StrEnum):
    """Triage, as police practice has it; drives urgency."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NO_APPARENT_RISK = "no_apparent_risk"


class TracingStatus(StrEnum):
    """Where a search stands (Primero)."""

    OPEN = "open"
    TRACING_IN_PROGRESS = "tracing_in_progress"
    VERIFIED = "verified"
    REUNIFIED = "reunified"
    CLOSED = "closed"


class WithholdingReason(StrEnum):
    """Why a found person does not want something passed on (Primero)."""

    FEAR_OF_HARM = "fear_of_harm"
    WANTS_TO_TELL_THEMSELVES = "wants_to_tell_themselves"
    OTHER = "other"


class ExclusionReason(StrEnum):
    """Why a caseworker says that two records are two people."""

    ANOTHER_PERSON_KNOWN_IN_PERSON = "another_person_known_in_person"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    DESCRIPTION_DIFFERS = "description_differs"
    RELATIVE = "relative"
    NAMESAKE = "namesake"
    WAS_ELSEWHERE = "was_elsewhere"
    DOCUMENTS_DIFFER = "documents_differ"


class SearchReason(StrEnum):
    """Why somebody is looked for: who asked for it, or what obliges us."""

    FAMILY_REQUEST = "family_request"
    GUARDIAN_REQUEST = "guardian_request"
    POLICE_REQUEST = "police_request"
    COURT_ORDER = "court_order"
    DUTY_OF_CARE = "duty_of_care"


class ConsentSource(StrEnum):
    """How the wish was given."""

    SIGNATURE = "signature"
    WITNESSED_WORD = "witnessed_word"
    GUARDIAN_SIGNATURE = "guardian_signature"
    GUARDIAN_WITNESSED_WORD = "guardian_witnessed_word"
    COURT_ORDER = "court_order"


class ConsentPurpose(StrEnum):
    """What a consent is for; one consent has one purpose."""

    SHARE_ALERT = "share_alert"
    ANSWER_ENQUIRY = "answer_enquiry"
    PASS_MESSAGE = "pass_message"  # noqa: S105  (a wish, not a password)
    ARRANGE_CONTACT = "arrange_contact"


class ConsentScope(StrEnum):
    """What may be told under a consent; whereabouts is always named by itself."""

    SAFE = "safe"
    MESSAGE = "message"
    NAME = "name"
    CONTACT = "contact"
    HEALTH = "health"
    PHOTO = "photo"
    WHEREABOUTS = "whereabouts"
