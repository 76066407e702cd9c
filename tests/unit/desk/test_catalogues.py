"""The catalogues are complete, fit their sentences, and are compiled (a test refuses a missing one)."""

from __future__ import annotations

import re
from functools import cache

import pytest

from services.intake.desk import catalogue
from services.intake.desk.ports import LANGUAGES

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_fills_the_same_places(language: str) -> None:
    """A place that is missing would hide a fact; one too many would be an error on the page."""
    for message in load(language):
        if not message.id:
            continue
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_newest(language: str) -> None:
    compiled = catalogue.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogue.compiled(load(language))


def test_translations_differ_from_english() -> None:
    """A sentence of several words that reads the same in two languages was forgotten."""
    for language in ("lt", "fr"):
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
