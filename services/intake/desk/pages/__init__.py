"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    asking,
    attachments,
    cases,
    drafts,
    imports,
    matches,
    night,
    partners,
    photos,
    search,
    share,
    statistics,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    cases.pages,
    search.pages,
    asking.pages,
    drafts.pages,
    night.pages,
    photos.pages,
    attachments.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
    statistics.pages,
)
