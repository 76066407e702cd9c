"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    cases,
    imports,
    matches,
    partners,
    second_step,
    share,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    second_step.pages,
    cases.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
