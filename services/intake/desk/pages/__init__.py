"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    asking,
    cases,
    drafts,
    imports,
    matches,
    night,
    partners,
    share,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    cases.pages,
    asking.pages,
    drafts.pages,
    night.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
