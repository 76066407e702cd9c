"""A page weighs under 100 KB, for a bad line (journey 9)."""

from __future__ import annotations

import re

from tests.web.house import House
from tests.web.paths import filled, own, rules

MOST = 100_000


def test_no_page_weighs_more_than_it_may(house: House) -> None:
    """With its styles, scripts and picture, before compression; photos come after it."""
    browser, weights = house.browser("rasa"), {}
    for endpoint, method, rule in rules(house):
        if method != "GET" or endpoint.startswith(("api.", "static")):
            continue
        answer = browser.get(filled(rule, own(house)))
        if answer.mimetype == "text/html":
            parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.get_data(as_text=True)))
            weights[rule] = len(answer.data) + sum(len(browser.get(part).data) for part in parts)
    assert len(weights) > 20
    assert {rule: weight for rule, weight in weights.items() if weight >= MOST} == {}
