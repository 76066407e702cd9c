"""What each API route does: the use cases, with their results turned into the API's models."""

from typing import cast

from services.intake.api import models
from services.intake.api.routing import Call
from services.intake.desk import sentences
from services.intake.desk.ports import desk
from services.intake.domain import person_record
from services.intake.domain.alert import Choices
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, MsgStatus
from services.intake.domain.imports import Problem
from services.intake.domain.person import check_together
from services.intake.handlers.errors import BadField
from services.intake.handlers.match_views import MatchView


def me(call: Call) -> models.Me:
    actor = call.actor
    return models.Me(
        organisation=desk().organisation, role=actor.role, team=actor.team, language=actor.language
    )


def list_cases(call: Call) -> models.CaseList:
    cases, text, state = desk().intake.cases, call.query.get("q", ""), call.query.get("state", "open")
    if text:
        found = cases.search(text, call.actor)
    else:
        kind = call.query.get("kind") or None
        if kind is not None and kind not in CaseKind.__members__.values():
            raise BadField("kind", "Choose one of: missing, found, unidentified.")
        found = cases.overview(call.actor, kind=kind, state=None if state == "all" else state)
    return models.CaseList(cases=[models.CaseSummary.model_validate(one) for one in found])


def register_case(call: Call) -> models.CaseDetail:
    body = cast(models.NewCase, call.body)
    today = desk().clock.now().date()
    person = person_record.from_plain(body.person.model_dump(exclude_none=True), today)
    check_together(person)
    case = Case(kind=body.kind, person=person, category=body.category, risk=body.risk, note=body.note)
    view = desk().intake.cases.register(case, call.actor, source_id=body.source_id)
    return get_case(Call(call.actor, {"case_id": view.summary.id}, {}))


def get_case(call: Call) -> models.CaseDetail:
    view = desk().intake.cases.get(call.path["case_id"], call.actor)
    return models.CaseDetail(
        summary=models.CaseSummary.model_validate(view.summary),
        person=person_record.to_plain(view.case.person),
        note=view.case.note,
        created_at=view.created_at,
        closed_at=view.closed_at,
        batch_id=view.batch_id,
    )


def list_alerts(call: Call) -> models.AlertList:
    case_id, live = call.query.get("case") or None, call.query.get("live") == "true"
    found = desk().intake.alerts.overview(call.actor, case_id=case_id, live_only=live)
    return models.AlertList(alerts=[models.Alert.model_validate(one) for one in found])


def preview_alert(call: Call) -> models.AlertPreview:
    body = cast(models.NewAlert, call.body)
    shown = desk().intake.alerts.preview(body.case, _choices(body), call.actor, until=body.until)
    partners = [one for one in shown.partners if body.partners is None or one in body.partners]
    return models.AlertPreview(
        leaves=[models.LeavingValue(field=name, value=value) for name, value in shown.preview.leaves],
        stays=[models.StayingField(field=name, why=why) for name, why in shown.preview.stays],
        kind=shown.kind,
        category=shown.category,
        urgency=shown.urgency,
        msg_status=shown.msg_status,
        tlp=shown.tlp,
        permitted_use=shown.permitted_use,
        expires_at=shown.expires_at,
        partners=partners,
        held=shown.held,
        tags=shown.tags,
        match_keys=shown.match_keys,
        meter=models.MeterReading.model_validate(shown.meter),
    )


def publish_alert(call: Call) -> models.Alert:
    body = cast(models.NewAlert, call.body)
    made = desk().intake.alerts.publish(
        body.case, _choices(body), call.actor, partners=body.partners, until=body.until, because=body.because
    )
    return models.Alert.model_validate(made)


def get_alert(call: Call) -> models.Alert:
    return models.Alert.model_validate(desk().intake.alerts.get(call.path["alert_id"], call.actor))


def withdraw_alert(call: Call) -> models.Alert:
    return models.Alert.model_validate(desk().intake.alerts.withdraw(call.path["alert_id"], call.actor))


def list_receipts(call: Call) -> models.ReceiptList:
    intake = desk().intake
    # The alert first: whoever may not see it learns nothing of its receipts either (case 46).
    alert = intake.alerts.get(call.path["alert_id"], call.actor)
    signed = [one for share in alert.shares for one in intake.receipts.evidence(share.id, call.actor)]
    return models.ReceiptList(receipts=[models.Receipt.model_validate(one) for one in signed])


def list_matches(call: Call) -> models.MatchList:
    waiting, case_id = call.query.get("waiting") == "true", call.query.get("case") or None
    found = desk().intake.matches.overview(call.actor, waiting_only=waiting, case_id=case_id)
    return models.MatchList(matches=[models.MatchSummary.model_validate(one) for one in found])


def get_match(call: Call) -> models.MatchDetail:
    return _match(desk().intake.matches.open(call.path["match_id"], call.actor))


def decide_match(call: Call) -> models.MatchDetail:
    body = cast(models.Decision, call.body)
    view = desk().intake.matches.decide(
        call.path["match_id"],
        body.state,
        call.actor,
        reason=body.reason,
        note=body.note,
        seen_version=body.version,
        seen_state=body.seen_state,
    )
    return _match(view)


def list_partners(call: Call) -> models.PartnerList:
    found = desk().intake.partners.overview(call.actor)
    return models.PartnerList(partners=[models.Partner.model_validate(one) for one in found])


def list_duty(call: Call) -> models.DutyList:
    found = desk().intake.duty.entries(call.actor)
    return models.DutyList(entries=[models.Duty.model_validate(one) for one in found])


def dry_run(call: Call) -> models.ImportDryRun:
    found = desk().intake.imports.dry_run(call.data, call.actor)
    return models.ImportDryRun(
        accepted=len(found.accepted),
        known=len(found.known),
        problems=[_problem(one) for one in found.problems],
        warnings=[_problem(one) for one in found.warnings],
        ignored_columns=list(found.ignored_columns),
        encoding=found.encoding,
        delimiter=found.delimiter,
    )


def _problem(one: Problem) -> models.ImportProblem:
    return models.ImportProblem(row=one.row, column=one.column, value=one.value, message=one.message)


def _choices(body: models.NewAlert) -> Choices:
    return Choices(
        released=frozenset(body.release),
        status=MsgStatus.EXERCISE if body.exercise else MsgStatus.ACTUAL,
        tlp=body.tlp,
        permitted_use=body.permitted_use,
    )


def _match(view: MatchView) -> models.MatchDetail:
    return models.MatchDetail(
        summary=models.MatchSummary.model_validate(view.summary),
        kind=view.kind,
        category=view.category,
        tlp=view.tlp,
        permitted_use=view.permitted_use,
        expires_at=view.expires_at,
        reasons=[
            models.MatchReason(
                comparator=one.comparator,
                verdict=one.verdict,
                weight=one.weight,
                sentence=sentences.reason(one),
            )
            for one in view.reasons
        ],
        fields=[models.FieldPair.model_validate(one) for one in view.fields],
        history=[models.MatchStep.model_validate(one) for one in view.history],
        may_become=list(view.may_become),
        retracted_why=view.retracted_why,
    )
