"""The sentences for the reasons of a possible match, in English: comparator and verdict to a template.

A reason travels as codes and numbers (local.Reason). The desk translates these templates and the
words of their parameters, and fills them. A parameter in braces is a code or a number of the reason.
Reasons are read by a person who decides, at night and in a hurry: a sentence says what was seen, in the
words of daily life, and no more.
"""

from collections.abc import Mapping

from shared.wire.codes import Verdict

_FOR, _AGAINST, _UNKNOWN = Verdict.FOR, Verdict.AGAINST, Verdict.UNKNOWN

SENTENCES: Mapping[tuple[str, Verdict], str] = {
    (
        "family_name_same",
        _FOR,
    ): "The surnames are written the same; about 1 in {one_in} people bears this name.",
    ("family_name_part", _FOR): "The surnames have the same stem and are partly written alike; about 1 in "
    "{one_in} people bears it.",
    ("family_name_sound", _FOR): "The surnames have the same stem; about 1 in {one_in} people bears it.",
    ("family_name_near", _FOR): "The surnames differ by about one letter; about 1 in {one_in} people bears "
    "the one in your case.",
    (
        "family_name_shortened",
        _FOR,
    ): "The surnames sound alike but for one letter; about 1 in {one_in} people bears the one in your case.",
    ("family_name_initial", _FOR): "Only the first letter of one surname is known, and it fits.",
    ("family_name_close", _AGAINST): "The surnames differ, though they are partly written alike.",
    ("family_name_different", _AGAINST): "The surnames differ.",
    ("family_name", _UNKNOWN): "The surnames could not be compared.",
    ("given_name_same", _FOR): "The given names are written the same; about 1 in {one_in} people bears this "
    "name.",
    ("given_name_part", _FOR): "The given names sound the same and are partly written alike; about 1 in "
    "{one_in} people bears such a name.",
    (
        "given_name_sound",
        _FOR,
    ): "The given names sound the same or are forms of one name; about 1 in {one_in} "
    "people bears such a name.",
    ("given_name_near", _FOR): "The given names differ by about one letter; about 1 in {one_in} people bears "
    "the one in your case.",
    ("given_name_shortened", _FOR): "The given names sound alike but for one letter; about 1 in {one_in} "
    "people bears the one in your case.",
    ("given_name_initial", _FOR): "Only the first letter of one given name is known, and it fits.",
    ("given_name_close", _AGAINST): "The given names differ, though they are partly written alike.",
    ("given_name_different", _AGAINST): "The given names differ.",
    ("given_name", _UNKNOWN): "The given names could not be compared.",
    ("columns", _FOR): "The names agree once given name and surname change places.",
    ("birth_same", _FOR): "Day, month and year of birth agree, as far as the alert tells.",
    ("birth_swapped", _FOR): "Born in the same year; day and month are swapped.",
    ("birth_one_part", _FOR): "Of day, month and year of birth, two agree and one differs.",
    ("birth_year", _FOR): "The year of birth fits; at least one side does not know the day.",
    ("birth_near", _FOR): "The years of birth are close, but the days differ or are not known.",
    ("birth_different", _AGAINST): "The dates of birth differ.",
    ("birth", _UNKNOWN): "The dates of birth could not be compared.",
    (
        "twins",
        _AGAINST,
    ): "Surname and date of birth agree and the given names do not: twins, or one person who "
    "goes by another given name.",
    ("place", _FOR): "The places of the last contact agree, as far as the alert tells.",
    ("place", _AGAINST): "The places of the last contact differ.",
    ("place", _UNKNOWN): "The places of the last contact could not be compared.",
    ("match_keys", _UNKNOWN): "Names could not be compared: your case tells too little of them.",
    ("sex", _FOR): "The sex agrees: {alert}.",
    ("sex", _AGAINST): "The sex differs: {alert} in the alert, {case} in your case.",
    ("sex", _UNKNOWN): "The sex could not be compared.",
    ("birth_decade", _FOR): "The age may fit: year of birth {alert} in the alert, {case} in your case.",
    ("birth_decade", _AGAINST): "The age does not fit: year of birth {alert} in the alert, "
    "{case} in your case.",
    ("birth_decade", _UNKNOWN): "The age could not be compared.",
    ("height", _FOR): "The height may fit: {alert} in the alert, {case} in your case.",
    ("height", _AGAINST): "The height differs: {alert} in the alert, {case} in your case.",
    ("height", _UNKNOWN): "The height could not be compared.",
    ("eye_colour", _FOR): "The eye colour may fit: {alert} in the alert, {case} in your case.",
    ("eye_colour", _AGAINST): "The eye colour differs: {alert} in the alert, {case} in your case.",
    ("eye_colour", _UNKNOWN): "The eye colour could not be compared.",
    ("hair_colour", _FOR): "The hair colour agrees: {alert}.",
    ("hair_colour", _AGAINST): "The hair colour differs: {alert} in the alert, {case} in your case.",
    ("hair_colour", _UNKNOWN): "The hair colour could not be compared.",
    ("languages", _FOR): "One language in common: {first}.",
    ("languages", _AGAINST): "No language in common.",
    ("languages", _UNKNOWN): "The languages could not be compared.",
    ("marks", _FOR): "One mark in common: {first}.",
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
"""What stands after the semicolon before `one_in` is left out where that is 0, not known."""

SEVERAL: Mapping[tuple[str, Verdict], str] = {
    ("languages", _FOR): "Languages in common: {count}, among them {first}.",
    ("marks", _FOR): "Marks in common: {count}, among them {first}.",
}
"""Instead of the sentence above, where `count` is more than 1."""

EQUAL: Mapping[tuple[str, Verdict], str] = {
    ("birth_decade", _FOR): "The age fits: year of birth {alert} on both sides.",
    ("height", _FOR): "The height agrees: {alert}.",
    ("eye_colour", _FOR): "The eye colour agrees: {alert}.",
    ("region", _FOR): "The region agrees: {alert}.",
    ("last_seen", _FOR): "The time fits: last seen {alert} on both sides.",
}
"""Instead of the sentence above, where `alert` and `case` say the same."""

TOGETHER: Mapping[str, str] = {
    "keys_year_both": "both names with the year of birth",
    "keys_year_shortened": "both names (but for one letter) with the year of birth",
    "keys_year_band": "both names with the estimated age",
    "keys_year_initial": "the surname and the first letter of the given name with the year of birth",
    "keys_date_whole": "one name with the full date of birth",
    "keys_date_shortened": "one name (but for one letter) with the full date of birth",
    "keys_day_both": "both names with the day and month of birth",
    "keys_place_both": "both names with the place of the last contact",
    "keys_names_both": "both names",
    "keys_names_shortened": "both names (but for one letter)",
}
"""Comparator of match keys that agree, to the combination that they say: one sentence lists them all.
Whether the sex is part of it is left out: it may be unknown on one side, and has a sentence of its own."""
