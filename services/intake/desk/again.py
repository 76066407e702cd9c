"""Long forms that are shown again as forms when their session had ended; all others are kept by `kept`."""

from collections.abc import Callable

Again = Callable[..., str]
"""Given the parts of the address, the page with what was typed. Raises what opening the page would."""

FORMS: dict[str, Again] = {}
"""By endpoint; a page adds itself where it is defined."""


def form(endpoint: str) -> Callable[[Again], Again]:
    """Mark how the form of an endpoint is shown again."""

    def keep(again: Again) -> Again:
        FORMS[endpoint] = again
        return again

    return keep
