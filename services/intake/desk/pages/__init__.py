"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    attachments,
    cases,
    consents,
    imports,
    matches,
    partners,
    photos,
    renewals,
    share,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    cases.pages,
    photos.pages,
    attachments.pages,
    consents.pages,
    renewals.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
