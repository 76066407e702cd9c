"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import (
    account,
    alerts,
    attachments,
    audit,
    cases,
    imports,
    leaving,
    matches,
    partners,
    photos,
    second_step,
    share,
    staff,
    today,
)

BLUEPRINTS = (
    today.pages,
    account.pages,
    second_step.pages,
    leaving.pages,
    staff.pages,
    audit.pages,
    cases.pages,
    photos.pages,
    attachments.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
