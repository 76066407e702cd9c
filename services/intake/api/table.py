"""Every route of the API."""

from services.intake.api import models, views
from services.intake.api.routing import Route
from services.intake.desk.access import SIGNED_IN
from services.intake.handlers.actor import DECIDES_MATCHES, READS_CASES, SEES_PARTNERS, WRITES_CASES

ROUTES: tuple[Route, ...] = (
    Route("GET", "/me", "me", "Whom this access acts as", models.Me, views.me, SIGNED_IN),
    Route(
        "GET", "/cases", "list_cases", "Cases that you may see", models.CaseList, views.list_cases,
        READS_CASES,
        query={
            "q": "A whole name, or the number in the imported table; accents do not matter.",
            "kind": "missing, found or unidentified.",
            "state": "open (when left out), closed, erased or all.",
        },
    ),
    Route(
        "POST", "/cases", "register_case", "Register a case", models.CaseDetail, views.register_case,
        WRITES_CASES, body=models.NewCase, status=201,
    ),
    Route(
        "GET", "/cases/{case_id}", "get_case", "One case; the look is recorded", models.CaseDetail,
        views.get_case, READS_CASES,
    ),
    Route(
        "GET", "/alerts", "list_alerts", "Alerts and where each stands at every partner", models.AlertList,
        views.list_alerts, READS_CASES,
        query={"case": "Only those of this case.", "live": "true: only those that are shared now."},
    ),
    Route(
        "POST", "/alerts/preview", "preview_alert", "Exactly what an alert would tell; changes nothing",
        models.AlertPreview, views.preview_alert, WRITES_CASES, body=models.NewAlert,
    ),
    Route(
        "POST", "/alerts", "publish_alert", "Share an alert", models.Alert, views.publish_alert,
        WRITES_CASES, body=models.NewAlert, status=201,
    ),
    Route(
        "GET", "/alerts/{alert_id}", "get_alert", "One alert with its state at every partner", models.Alert,
        views.get_alert, READS_CASES,
    ),
    Route(
        "POST", "/alerts/{alert_id}/withdraw", "withdraw_alert", "Take an alert back everywhere",
        models.Alert, views.withdraw_alert, WRITES_CASES,
    ),
    Route(
        "GET", "/alerts/{alert_id}/receipts", "list_receipts", "What partners signed for", models.ReceiptList,
        views.list_receipts, READS_CASES,
    ),
    Route(
        "GET", "/matches", "list_matches", "Possible matches", models.MatchList, views.list_matches,
        READS_CASES,
        query={"waiting": "true: only those that want a decision.", "case": "Only those of this case."},
    ),
    Route(
        "GET", "/matches/{match_id}", "get_match", "One possible match with its reasons", models.MatchDetail,
        views.get_match, READS_CASES,
    ),
    Route(
        "POST", "/matches/{match_id}/decision", "decide_match", "Say what a possible match is",
        models.MatchDetail, views.decide_match, DECIDES_MATCHES, body=models.Decision,
    ),
    Route(
        "GET", "/partners", "list_partners", "Partners and where each stands", models.PartnerList,
        views.list_partners, SEES_PARTNERS,
    ),
    Route(
        "GET", "/duty", "list_duty", "Who was told about what waits", models.DutyList, views.list_duty,
        READS_CASES,
    ),
    Route(
        "POST", "/imports/dry-run", "dry_run", "What an import would do; saves nothing", models.ImportDryRun,
        views.dry_run, WRITES_CASES, takes_csv=True,
    ),
)  # fmt: skip
