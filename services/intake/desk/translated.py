"""How far each language is: `python -m services.intake.desk.translated [CODE]` (`make languages`).

Without a code a table; with one, every sentence that is still said in English there, one a line.
"""

import sys
from dataclasses import dataclass

from services.intake.desk import catalogue
from services.intake.desk.ports import OFFERED


@dataclass(frozen=True, slots=True)
class Progress:
    """One language: how many sentences there are, and which are not translated."""

    language: str
    sentences: int
    missing: tuple[str, ...]

    @property
    def share(self) -> int:
        """Translated sentences in per cent, rounded down: 100 means all."""
        return 100 * (self.sentences - len(self.missing)) // max(self.sentences, 1)


def progress(language: str) -> Progress:
    """What the catalogue of a language has, of the sentences that it lists."""
    found = [message for message in catalogue.load(language) if message.id]
    missing = tuple(_written(one.id) for one in found if not catalogue.is_translated(one))
    return Progress(language, len(found), missing)


def _written(text: object) -> str:
    return " / ".join(map(str, text)) if isinstance(text, list | tuple) else str(text)


def main(arguments: list[str]) -> int:
    """Print the table, or what one language lacks. An unknown code is an error (2)."""
    if not arguments:
        for one in map(progress, OFFERED):
            sys.stdout.write(
                f"{one.language}  {one.share:3} %  {one.sentences - len(one.missing)} of {one.sentences}\n"
            )
        return 0
    [language, *_] = arguments
    if language not in OFFERED:
        sys.stderr.write(f"choose from {', '.join(OFFERED)}\n")
        return 2
    sys.stdout.writelines(f"{text}\n" for text in progress(language).missing)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
