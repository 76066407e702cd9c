"""The sentences for the reasons of a possible match, in English: comparator and verdict to a template.

A reason travels as codes and numbers (local.Reason). The desk translates these templates and the
words of their parameters, and fills them. A parameter in braces is a code or a number of the reason.
"""

from collections.abc import Mapping

from shared.wire.codes import Verdict

_FOR, _AGAINST, _UNKNOWN = Verdict.FOR, Verdict.AGAINST, Verdict.UNKNOWN

SENTENCES: Mapping[tuple[str, Verdict], str] = {
    ("family_name_same", _FOR): "The surnames are written the same; about 1 in {one_in} people bears this name.",
    ("family_name_part", _FOR): "The surnames have the same stem and are written alike in part; about 1 in "
    "{one_in} people bears such a name.",
    ("family_name_sound", _FOR): "The surnames have the same stem; about 1 in {one_in} people bears such a name.",
    ("family_name_near", _FOR): "The surnames differ by about one letter; about 1 in {one_in} people bears "
    "such a name.",
    ("family_name_shortened", _FOR): "The surnames sound alike but for one letter; about 1 in {one_in} people "
    "bears such a name.",
    ("family_name_close", _AGAINST): "The surnames differ, but are written alike in part.",
    ("family_name_different", _AGAINST): "The surnames differ.",
    ("family_name", _UNKNOWN): "The surnames could not be compared.",
    ("given_name_same", _FOR): "The given names are written the same; about 1 in {one_in} people bears this name.",
    ("given_name_part", _FOR): "The given names sound the same and are written alike in part; about 1 in "
    "{one_in} people bears such a name.",
    ("given_name_sound", _FOR): "The given names sound the same or are forms of one name; about 1 in {one_in} "
    "people bears it.",
    ("given_name_near", _FOR): "The given names differ by about one letter; about 1 in {one_in} people bears "
    "such a name.",
    ("given_name_shortened", _FOR): "The given names sound alike but for one letter; about 1 in {one_in} people "
    "bears such a name.",
    ("given_name_initial", _FOR): "Of one given name only the first letter is known, and it fits.",
    ("given_name_close", _AGAINST): "The given names differ, but are written alike in part.",
    ("given_name_different", _AGAINST): "The given names differ.",
    ("given_name", _UNKNOWN): "The given names could not be compared.",
    ("columns", _FOR): "Given name and surname stand in each other's place.",
    ("birth_same", _FOR): "Day, month and year of birth agree, as far as an alert tells them.",
    ("birth_swapped", _FOR): "Born in the same year; day and month are swapped.",
    ("birth_one_part", _FOR): "Of day, month and year of birth two agree and one differs.",
    ("birth_year", _FOR): "The year of birth fits; the day is not known on both sides.",
    ("birth_near", _FOR): "The years of birth are close to each other, the days differ or are not known.",
    ("birth_different", _AGAINST): "The dates of birth differ.",
    ("birth", _UNKNOWN): "The dates of birth could not be compared.",
    ("place", _FOR): "The places of the last contact agree.",
    ("place", _AGAINST): "The places of the last contact differ.",
    ("place", _UNKNOWN): "The places of the last contact could not be compared.",
    ("keys_year_both", _FOR): "Both names agree together with the year of birth.",
    ("keys_year_shortened", _FOR): "Both names agree together with the year of birth, but for one letter.",
    ("keys_year_band", _FOR): "Both names agree together with the estimated age.",
    ("keys_year_initial", _FOR): "The surname, the first letter of the given name and the year of birth agree "
    "together.",
    ("keys_year_one", _FOR): "One name, the sex and the year of birth agree together.",
    ("keys_date_whole", _FOR): "One name, the sex and the full date of birth agree together.",
    ("keys_date_shortened", _FOR): "One name and the full date of birth agree together, but for one letter.",
    ("keys_day_both", _FOR): "Both names agree together with the day and month of birth.",
    ("keys_place_both", _FOR): "Both names agree together with the place.",
    ("keys_names_both", _FOR): "Both names and the sex agree together.",
    ("keys_names_shortened", _FOR): "Both names and the sex agree together, but for one letter.",
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
