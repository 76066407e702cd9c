"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    attachments,
    cases,
    imports,
    matches,
    partners,
    photos,
    share,
    statistics,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    cases.pages,
    photos.pages,
    attachments.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
    statistics.pages,
)
