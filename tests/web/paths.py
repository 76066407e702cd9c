"""Every route of the desk and the API: who may open it, and an address that works for a caseworker."""

from services.intake.handlers.actor import (
    ADMINISTERS,
    APPROVES_PARTNERS,
    AUDITS,
    COMPARES_PARTNERS,
    DECIDES_MATCHES,
    LAYS_DECOYS,
    READS_CASES,
    SEES_ALARMS,
    SEES_PARTNERS,
    SUSPENDS_PARTNERS,
    WRITES_CASES,
    UserRole,
)
from services.intake.handlers.statistics import READS_STATISTICS
from tests.web.house import House

ANYBODY = "anybody"
STAFF = frozenset(UserRole)

CENSUS: dict[str, object] = {
    "static": ANYBODY,
    "account.sign_in": ANYBODY,
    "account.sign_out": ANYBODY,
    "account.choose_language": ANYBODY,
    "account.second": ANYBODY,
    "account.unlock": ANYBODY,
    "account.account": STAFF,
    "account.end_session": STAFF,
    "account.end_all": STAFF,
    "second_step.second_step": STAFF,
    "second_step.set_up": STAFF,
    "second_step.new_paper": STAFF,
    "second_step.take_away": STAFF,
    "account.own_password": STAFF,
    "leaving.leave": ANYBODY,
    "leaving.away": ANYBODY,
    "staff.staff_list": ADMINISTERS,
    "staff.invite": ADMINISTERS,
    "staff.new_link": ADMINISTERS,
    "staff.revoke_link": ADMINISTERS,
    "staff.disable": ADMINISTERS,
    "staff.enable": ADMINISTERS,
    "staff.sign_out_everywhere": ADMINISTERS,
    "staff.take_second_step": ADMINISTERS,
    "staff.welcome": ANYBODY,
    "account.end_token": STAFF,
    "audit.log_list": AUDITS,
    "audit.check": AUDITS,
    "cases.decoy": LAYS_DECOYS,
    "today.today": STAFF,
    "today.alarm_seen": SEES_ALARMS,
    "cases.case_list": READS_CASES,
    "cases.new_case": WRITES_CASES,
    "cases.one_case": READS_CASES,
    "cases.edit_case": WRITES_CASES,
    "cases.move_case": WRITES_CASES,
    "cases.reopen_case": WRITES_CASES,
    "cases.end_search": WRITES_CASES,
    "cases.missing_again": WRITES_CASES,
    "cases.case_history": READS_CASES,
    "cases.same_person": WRITES_CASES,
    "cases.erase_case": WRITES_CASES,
    "asking.allow": WRITES_CASES,
    "search.case_search": READS_CASES,
    "search.alert_search": READS_CASES,
    "drafts.new_draft": WRITES_CASES,
    "drafts.one_step": WRITES_CASES,
    "drafts.discard": WRITES_CASES,
    "night.call": WRITES_CASES,
    "night.write_handover": WRITES_CASES,
    "night.take_over": WRITES_CASES,
    "share.share": WRITES_CASES,
    "share.update": WRITES_CASES,
    "share.meter": WRITES_CASES,
    "alerts.alert_list": READS_CASES,
    "alerts.one_alert": READS_CASES,
    "alerts.withdraw": WRITES_CASES,
    "matches.match_list": READS_CASES,
    "matches.one_match": READS_CASES,
    "matches.decide": DECIDES_MATCHES,
    "partners.partner_list": STAFF,
    "partners.one_partner": STAFF,
    "partners.own_words": COMPARES_PARTNERS,
    "partners.compare": COMPARES_PARTNERS,
    "partners.approve": APPROVES_PARTNERS,
    "partners.suspend": SUSPENDS_PARTNERS,
    "partners.restart": APPROVES_PARTNERS,
    "partners.first_load": ADMINISTERS,
    "photos.photo_list": READS_CASES,
    "photos.add_photo": WRITES_CASES,
    "photos.picture": READS_CASES,
    "photos.small": READS_CASES,
    "photos.remove_photo": WRITES_CASES,
    "renewals.give_reason": WRITES_CASES,
    "renewals.renew": WRITES_CASES,
    "consents.consent_list": READS_CASES,
    "consents.record_consent": WRITES_CASES,
    "consents.withdraw_consent": WRITES_CASES,
    "attachments.attachment_list": READS_CASES,
    "attachments.add_attachment": WRITES_CASES,
    "attachments.take_out": READS_CASES,
    "attachments.remove_attachment": WRITES_CASES,
    "imports.import_cases": WRITES_CASES,
    "imports.columns": WRITES_CASES,
    "imports.preview": WRITES_CASES,
    "imports.repair": WRITES_CASES,
    "imports.problems": WRITES_CASES,
    "imports.confirm_import": WRITES_CASES,
    "imports.progress": WRITES_CASES,
    "imports.discard": WRITES_CASES,
    "imports.forget_template": WRITES_CASES,
    "imports.undo_import": WRITES_CASES,
    "statistics.overview": READS_STATISTICS,
    "statistics.one_period": READS_STATISTICS,
    "statistics.as_csv": READS_STATISTICS,
    "statistics.as_workbook": READS_STATISTICS,
    "statistics.pack": READS_STATISTICS,
    "api.openapi": ANYBODY,
    "api.me": STAFF,
    "api.list_cases": READS_CASES,
    "api.register_case": WRITES_CASES,
    "api.get_case": READS_CASES,
    "api.list_alerts": READS_CASES,
    "api.preview_alert": WRITES_CASES,
    "api.publish_alert": WRITES_CASES,
    "api.get_alert": READS_CASES,
    "api.withdraw_alert": WRITES_CASES,
    "api.list_receipts": READS_CASES,
    "api.list_matches": READS_CASES,
    "api.get_match": READS_CASES,
    "api.decide_match": DECIDES_MATCHES,
    "api.list_partners": SEES_PARTNERS,
    "api.list_duty": READS_CASES,
    "api.dry_run": WRITES_CASES,
}
"""Written by hand on purpose: a new route has to be thought about here as well."""

NOBODY = "aaaaaaaaaaaaaaaaaaaaaaaaaa"


def own(house: House) -> dict[str, str]:
    """The parts of addresses that a caseworker of the main team may open."""
    return {
        "case_id": house.of["missing"],
        "alert_id": house.of["alert"],
        "match_id": house.of["match"],
        "organisation": "fr-lyon",
        "session_id": f"signin_{NOBODY}",
        "alarm_id": house.of["alarm"],
        "batch_id": house.of["batch"],
        "period": "2025",
        "table_id": house.of["table"],
        "template_id": house.of["template"],
        "draft_id": house.of["draft"],
        "step": "person",
        "handover_id": house.of["handover"],
        "filename": "desk.css",
        "user_id": f"user_{NOBODY}",
        "link_id": f"link_{NOBODY}",
        "token_id": f"token_{NOBODY}",
        "token": NOBODY,
        "consent_id": f"consent_{NOBODY}",
        "photo_id": house.of["photo"],
        "attachment_id": house.of["attachment"],
    }


def foreign(house: House) -> dict[str, str]:
    """The same of another team."""
    names = {"case_id": "foreign", "alert_id": "foreign_alert", "match_id": "foreign_match"}
    names |= {"table_id": "foreign_table", "template_id": "foreign_template", "batch_id": "foreign_batch"}
    names |= {"draft_id": "foreign_draft", "handover_id": "foreign_handover"}
    return {part: house.of[name] for part, name in names.items()}


NONE = {"case_id": f"case_{NOBODY}", "alert_id": f"ownalert_{NOBODY}", "match_id": f"match_{NOBODY}"}
NONE |= {"draft_id": f"draft_{NOBODY}", "handover_id": f"handover_{NOBODY}"}
NONE |= {"table_id": f"table_{NOBODY}", "template_id": f"layout_{NOBODY}", "batch_id": f"batch_{NOBODY}"}
"""Well-formed, and nobody's."""


def rules(house: House) -> list[tuple[str, str, str]]:
    """Endpoint, method and rule of everything in the URL map but HEAD and OPTIONS."""
    return [
        (rule.endpoint, method, rule.rule)
        for rule in house.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def filled(rule: str, parts: dict[str, str]) -> str:
    """A rule with its parts filled in."""
    for name, value in parts.items():
        rule = rule.replace(f"<{name}>", value).replace(f"<path:{name}>", value)
    assert "<" not in rule, rule
    return rule
