"""The domain's own code lists say exactly what the wire says."""

from enum import StrEnum

import pytest

from services.intake.domain import codes
from services.intake.domain.description import FIELDS
from shared.wire import codes as wire
from shared.wire.messages import Description as WireDescription

MIRRORED = (
    "MsgStatus", "Urgency", "Tlp", "PermittedUse", "Category", "CaseKind", "Sex", "EyeColour", "HairColour",
    "HeightBand", "MarkKind", "MarkPlace", "MatchState", "ContactWish",
)  # fmt: skip


@pytest.mark.parametrize("name", MIRRORED)
def test_a_mirrored_list_has_the_same_names_and_values_in_the_same_order(name: str) -> None:
    ours: type[StrEnum] = getattr(codes, name)
    theirs: type[StrEnum] = getattr(wire, name)
    assert [(code.name, code.value) for code in ours] == [(code.name, code.value) for code in theirs]


def test_a_description_has_the_fields_of_the_wire() -> None:
    assert tuple(WireDescription.model_fields) == FIELDS
