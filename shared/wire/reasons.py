"""The sentences for the reasons of a possible match, in English: comparator and verdict to a template.

A reason travels as codes and numbers (local.Reason). The desk translates these templates and the
words of their parameters, and fills them. A parameter in braces is a code or a number of the reason.
"""

from collections.abc import Mapping

from shared.wire.codes import Verdict

_FOR, _AGAINST, _UNKNOWN = Verdict.FOR, Verdict.AGAINST, Verdict.UNKNOWN

SENTENCES: Mapping[tuple[str, Verdict], str] = {
    ("key_n", _FOR): "Both names and the year of birth agree; this combination is {rarity}.",
    ("key_x", _FOR): "The given name, the surname (one letter may differ) and the year of birth agree; "
    "this combination is {rarity}.",
    ("key_y", _FOR): "The given name (one letter may differ), the surname and the year of birth agree; "
    "this combination is {rarity}.",
    ("key_z", _FOR): "Both names agree, and no year of birth is known; this combination is {rarity}.",
    ("key_d", _FOR): "One name, the full date of birth and the sex agree; this combination is {rarity}.",
    ("key_e", _FOR): "One name (one letter may differ), the full date of birth and the sex agree; "
    "this combination is {rarity}.",
    ("key_j", _FOR): "The surname (one letter may differ), the first letter of the given name and the full "
    "date of birth agree; this combination is {rarity}.",
    ("key_m", _FOR): "Both names and the day and month of birth agree; this combination is {rarity}.",
    ("key_p", _FOR): "Both names and the place agree; this combination is {rarity}.",
    ("key_w", _FOR): "Both names (one letter may differ) and the place agree; this combination is {rarity}.",
    ("key_k", _FOR): "The surname (one letter may differ), the first letter of the given name and the place "
    "agree; this combination is {rarity}.",
    ("match_keys", _UNKNOWN): "Names could not be compared: none is known for your case.",
    ("sex", _FOR): "The sex agrees: {alert}.",
    ("sex", _AGAINST): "The sex differs: {alert} in the alert, {case} in your case.",
    ("sex", _UNKNOWN): "The sex could not be compared.",
    ("birth_decade", _FOR): "The age fits: born from {alert} on in the alert, from {case} on in your case.",
    ("birth_decade", _AGAINST): "The age does not fit: born from {alert} on in the alert, "
    "from {case} on in your case.",
    ("birth_decade", _UNKNOWN): "The age could not be compared.",
    ("height", _FOR): "The height fits: {alert} in the alert, {case} in your case.",
    ("height", _AGAINST): "The height differs: {alert} in the alert, {case} in your case.",
    ("height", _UNKNOWN): "The height could not be compared.",
    ("eye_colour", _FOR): "The eye colour fits: {alert} in the alert, {case} in your case.",
    ("eye_colour", _AGAINST): "The eye colour differs: {alert} in the alert, {case} in your case.",
    ("eye_colour", _UNKNOWN): "The eye colour could not be compared.",
    ("hair_colour", _FOR): "The hair colour agrees: {alert}.",
    ("hair_colour", _AGAINST): "The hair colour differs: {alert} in the alert, {case} in your case.",
    ("hair_colour", _UNKNOWN): "The hair colour could not be compared.",
    ("languages", _FOR): "Languages in common: {count}, among them {first}.",
    ("languages", _AGAINST): "No language in common.",
    ("languages", _UNKNOWN): "The languages could not be compared.",
    ("marks", _FOR): "Marks in common: {count}, among them {first}.",
    ("marks", _AGAINST): "No mark in common.",
    ("marks", _UNKNOWN): "Marks could not be compared.",
    ("nationality", _FOR): "The nationality agrees: {alert}.",
    ("nationality", _AGAINST): "The nationality differs: {alert} in the alert, {case} in your case.",
    ("nationality", _UNKNOWN): "The nationality could not be compared.",
    ("region", _FOR): "The region fits: {alert} in the alert, {case} in your case.",
    ("region", _AGAINST): "The region differs: {alert} in the alert, {case} in your case.",
    ("region", _UNKNOWN): "The region could not be compared.",
    ("last_seen", _FOR): "The time fits: last seen {alert} according to the alert, {case} in your case.",
    ("last_seen", _AGAINST): "The time does not fit: last seen {alert} according to the alert, "
    "{case} in your case.",
    ("last_seen", _UNKNOWN): "The time of the last contact could not be compared.",
}
"""Every sentence that a comparator can need; a test holds the list complete."""

RARITY_WORDS: Mapping[str, str] = {
    "common": "common, so many people have it",
    "medium": "neither common nor rare",
    "rare": "rare",
}
"""How {rarity} reads. Other parameters are codes, countries, languages, months or numbers."""
