"""The catalogues are complete, fit their sentences, and are compiled (a test refuses a missing one)."""

from __future__ import annotations

import io
import re
from functools import cache

import pytest
from babel import support

from services.intake.desk import catalogue, translated
from services.intake.desk.language import NAMES
from services.intake.desk.ports import BEGUN, LANGUAGES, OFFERED

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


wanted = cache(catalogue.wanted)
"""What code and pages say: read once for all languages."""
load = cache(catalogue.load)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_nothing_is_left_over(language: str) -> None:
    """After a change of words: python -m services.intake.desk.catalogue, then translate what is empty."""
    kept = load(language)
    known = {message.id for message in kept if message.id}
    assert known == wanted()
    for message in kept:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id


@pytest.mark.parametrize("language", OFFERED)
def test_every_translation_fills_the_same_places(language: str) -> None:
    """A place that is missing would hide a fact; one too many would be an error on the page."""
    for message in load(language):
        if not message.id or not catalogue.is_translated(message):
            continue  # what is missing in a language that is begun is said in English
        if isinstance(message.id, str):
            assert sorted(PLACES.findall(message.id)) == sorted(PLACES.findall(str(message.string))), (
                message.id
            )
            continue
        most = set(PLACES.findall(message.id[1]))
        texts = list(message.string or ())
        assert len(texts) == load(language).num_plurals
        for text in texts:
            assert set(PLACES.findall(text)) <= most, message.id
        assert set(PLACES.findall(texts[-1])) == most, message.id


@pytest.mark.parametrize("language", OFFERED)
def test_the_compiled_catalogue_is_the_newest(language: str) -> None:
    compiled = catalogue.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogue.compiled(load(language))


def test_translations_differ_from_english() -> None:
    """A sentence of several words that reads the same in two languages was forgotten."""
    for language in set(OFFERED) - {"en"}:
        for message in load(language):
            if isinstance(message.id, str) and len(message.id.split()) > 4:
                assert message.string != message.id


def test_no_french_line_breaks_before_a_sign() -> None:
    for message in load("fr"):
        texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        for text in texts:
            assert not re.search(r" [:;?!»]|« ", text), text
    assert (
        catalogue.bound("fr", "« Oui » ?") == "«\N{NO-BREAK SPACE}Oui\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}?"
    )
    assert catalogue.bound("lt", "Taip ?") == "Taip ?"


MOST_SEEN = (
    *("Sign in", "Login", "Password", "Today", "Possible matches", "Cases", "Alerts", "Partners", "Sign out"),
    *("Menu", "Save", "Cancel", "Search", "Speaks for it", "Speaks against it", "Not known", "very likely"),
)


@pytest.mark.parametrize("language", OFFERED)
def test_what_is_seen_most_is_translated(language: str) -> None:
    """Also in a language that is begun; each calls itself by its own name."""
    known = load(language)
    for sentence in MOST_SEEN:
        found = known.get(sentence)
        assert found is not None, sentence
        assert found.string, sentence
    assert NAMES[language]


def test_a_language_that_is_begun_says_the_rest_in_english() -> None:
    """Sentence by sentence, also of what is counted; nothing is ever empty."""
    catalog = catalogue.load("de")
    catalog.add("Not yet translated by anybody", "")
    catalog.add(("%(num)s thing", "%(num)s things"), ("", ""))
    words = support.Translations(io.BytesIO(catalogue.compiled(catalog)))
    assert words.gettext("Cases") == "Fälle"
    assert words.gettext("Not yet translated by anybody") == "Not yet translated by anybody"
    assert words.ngettext("%(num)s thing", "%(num)s things", 1) == "%(num)s thing"
    assert words.ngettext("%(num)s thing", "%(num)s things", 5) == "%(num)s things"


def test_how_far_a_language_is(capsys: pytest.CaptureFixture[str]) -> None:
    """`make languages`: a line for each, and what one of them lacks; nothing lacks in the first three."""
    assert translated.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(OFFERED)
    assert all(translated.progress(language).share >= 15 for language in BEGUN)
    assert translated.main(["de"]) == 0
    missing = capsys.readouterr().out.splitlines()
    assert len(missing) == len(translated.progress("de").missing)
    assert translated.main(["xx"]) == 2
    assert translated.Progress("de", 3, ("one",)).share == 66
