"""The pages of the desk, one file a topic."""

from services.intake.desk.pages import account, alerts, cases, imports, matches, partners, share, today

BLUEPRINTS = (
    today.pages,
    account.pages,
    cases.pages,
    share.pages,
    alerts.pages,
    matches.pages,
    partners.pages,
    imports.pages,
)
