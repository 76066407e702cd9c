"""One row about one person, as somebody wrote it down, and what went wrong with it."""

import random
from dataclasses import dataclass, field
from datetime import date

from bench.matching.generator import facts, forms, writing
from bench.matching.generator.names import book, nicknames
from bench.matching.generator.people import Human, places
from bench.matching.generator.rates import Rates
from bench.matching.generator.spoiling import SLIPS

_TITLES = {"ascii": ("Dr.", "Mr", "Mrs"), "own": ("Dr.", "p.", "(?)"), "russian": ("гр.", "г-н", "(?)")}


@dataclass(slots=True)
class Names:
    """The names of a row while it is being written."""

    given: str
    family: str
    alternates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Clerk:
    """Writes rows of one side; `damage` names what went wrong with the row that is being written."""

    rates: Rates
    as_of: date
    rng: random.Random
    damage: list[str] = field(default_factory=list)

    def row(self, human: Human) -> tuple[dict[str, str], tuple[str, ...]]:
        """The columns of a row without id and kind, and its damage."""
        self.damage = []
        style = self._style(human.country)
        names = self._words(human)
        names = Names(
            self._written(names.given, human, style),
            self._written(names.family, human, style),
            [self._written(name, human, style) for name in names.alternates],
        )
        names.given, names.family = self._slipped(names.given), self._slipped(names.family)
        self._form(names, human, style)
        born = self._birth(human)
        row = {
            "given_name": names.given,
            "family_name": names.family,
            "alternate_names": "|".join(names.alternates),
            "sex": self._sex(human),
            "date_of_birth": born.born,
            "age": born.age,
            "nationality": self._nationality(human),
            "languages": facts.languages(human, self.rng)
            if self._chance(self.rates.facts["languages"])
            else "",
            "last_seen_place": self._place(human, style),
        }
        return row, tuple(dict.fromkeys(self.damage))

    def _chance(self, rate: float) -> bool:
        return self.rng.random() < rate

    def _happens(self, name: str, rate: float) -> bool:
        if happened := self._chance(rate):
            self.damage.append(name)
        return happened

    def _style(self, country: str) -> str:
        own, other = writing.styles(country)
        if self._happens("other_script", self.rates.other_script):
            own = other
        return self.rng.choices(list(own), weights=list(own.values()))[0]

    def _words(self, human: Human) -> Names:
        rates, country = self.rates.words, human.country
        names = Names(human.given, human.family)
        short = nicknames(country).get(human.given)
        if short and self._happens("nickname", rates["nickname"] * 2):  # half of the names have none
            names.given = self.rng.choice(short)
        elif human.second and self._happens("second_given_only", rates["second_given_only"]):
            names.given = human.second
        elif human.second and self._happens("both_given", rates["both_given"]):
            names.given = f"{human.given} {human.second}"
        father = forms.patronymic(human.father, country, human.female)
        if father and self._happens("patronymic_as_surname", rates["patronymic_as_surname"]):
            names.family = father
        elif father and self._happens("patronymic", rates["patronymic"]):
            names.given = f"{names.given} {father}"
        if human.female:
            self._of_woman(names, human)
        if names.family.startswith("ال") and self._happens("article_lost", rates["article_lost"]):
            names.family = names.family.removeprefix("ال")
        if forms.case_count(country) and self._happens("declined", rates["declined"]):
            case = self.rng.randrange(forms.case_count(country))
            names.given = forms.declined(names.given, country, case)
            names.family = forms.declined(names.family, country, case)
        return names

    def _of_woman(self, names: Names, human: Human) -> None:
        rates, country = self.rates.words, human.country
        if names.family == human.root:
            pass
        elif self._happens("as_a_man", rates["as_a_man"]):
            names.family = human.root
        elif country == "LT" and self._happens("as_unmarried", rates["as_unmarried"]):
            names.family = forms.of_woman(human.root, country, not human.married)
        if self._happens("new_surname", rates["new_surname"]):
            other = forms.of_woman(book(country).draw("family", self.rng), country, True)
            if self._chance(0.4):
                names.alternates.append(names.family)
            names.family = other
        elif self._happens("double_surname", rates["double_surname"]):
            other = forms.of_woman(book(country).draw("family", self.rng), country, True)
            names.family = f"{names.family}-{other}" if self._chance(0.5) else f"{other}-{names.family}"

    def _written(self, text: str, human: Human, style: str) -> str:
        if " " in text and human.country == "SY":  # a name of two words
            return writing.write(text, human.country, style, human.female, self.rng)
        words = [
            "-".join(writing.write(p, human.country, style, human.female, self.rng) for p in word.split("-"))
            for word in text.split()
        ]
        return " ".join(words)

    def _slipped(self, name: str) -> str:
        for slip, rate in self.rates.slips.items():
            if self._chance(rate):
                other = SLIPS[slip](name, self.rng)
                if other and other != name:
                    self.damage.append(slip)
                    name = other
        return name

    def _form(self, names: Names, human: Human, style: str) -> None:
        rates = self.rates.form
        short = nicknames(human.country).get(human.given)
        if short and self._happens("known_as", rates["known_as"]):
            names.alternates.append(self._written(self.rng.choice(short), human, style))
        if self._happens("initial", rates["initial"]):
            names.given = f"{names.given[:1]}."
        elif self._happens("no_given", rates["no_given"]):
            names.given = ""
        elif self._happens("no_family", rates["no_family"]):
            names.family = ""
        elif self._happens("swapped", rates["swapped"]):
            names.given, names.family = names.family, names.given
        elif self._happens("one_column", rates["one_column"]):
            whole = [names.given, names.family]
            self.rng.shuffle(whole)
            both = " ".join(whole)
            names.given, names.family = (both, "") if self._chance(0.5) else ("", both)
        if self._happens("title", rates["title"]) and names.given:
            names.given = f"{self.rng.choice(_TITLES.get(style, _TITLES['ascii']))} {names.given}"
        if (
            human.country not in ("GE", "SY")
            and style != "georgian"
            and self._happens("upper_case", rates["upper_case"])
        ):
            names.family = names.family.upper()
            if self._chance(0.5):
                names.given = names.given.upper()

    def _birth(self, human: Human) -> facts.Birth:
        damages = self.rates.birth
        rest = max(0.0, 1 - sum(damages.values()))
        damage = self.rng.choices([*damages, ""], weights=[*damages.values(), rest])[0]
        if damage:
            self.damage.append(damage)
        return facts.birth(human, damage, self.as_of, self.rng)

    def _sex(self, human: Human) -> str:
        female = human.female
        if self._happens("wrong_sex", self.rates.facts["wrong_sex"]):
            female = not female
        return "" if self._happens("no_sex", self.rates.facts["no_sex"]) else "female" if female else "male"

    def _nationality(self, human: Human) -> str:
        if self._happens("no_nationality", self.rates.facts["no_nationality"]):
            return ""
        if self._happens("wrong_nationality", self.rates.facts["wrong_nationality"]):
            return facts.other_country(human, self.rng)
        return human.country

    def _place(self, human: Human, style: str) -> str:
        if self._happens("no_place", self.rates.facts["no_place"]):
            return ""
        town = human.place
        if not self._chance(self.rates.place):
            self.damage.append("other_place")
            town = self.rng.choice(places())
        return writing.place(town, style, self.rng)
