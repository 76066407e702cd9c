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
    second_step,
    share,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    second_step.pages,
    cases.pages,
    photos.pages,
    attachments.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
