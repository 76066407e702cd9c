"""All use cases of intake, built together: what the desk, the API and the command line are given."""

from dataclasses import dataclass, replace

from argon2 import PasswordHasher

from services.intake.handlers import watch
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.alerts.alerts import Alerts
from services.intake.handlers.alerts.crowds import Crowds
from services.intake.handlers.alerts.shares import Shares
from services.intake.handlers.alerts.weighing import Weighing
from services.intake.handlers.asking import Asking
from services.intake.handlers.attachments import Attachments
from services.intake.handlers.audit_log import AuditLog
from services.intake.handlers.cases import Cases
from services.intake.handlers.comparisons import Comparisons
from services.intake.handlers.connection import Connection
from services.intake.handlers.consents import Consents
from services.intake.handlers.drafts import Drafts
from services.intake.handlers.duty import Duty
from services.intake.handlers.handovers import Handovers
from services.intake.handlers.hashing import BoundedHasher
from services.intake.handlers.import_desk import ImportDesk
from services.intake.handlers.import_saving import Saving
from services.intake.handlers.import_templates import Templates
from services.intake.handlers.imports import Imports
from services.intake.handlers.invitations import Invitations
from services.intake.handlers.match_events import MatchEvents
from services.intake.handlers.matches import Matches
from services.intake.handlers.notices import Notices
from services.intake.handlers.partners import Partners
from services.intake.handlers.people import People
from services.intake.handlers.photos import Photos
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms.answerer import Answerer
from services.intake.handlers.pseudonyms.answers import Answers
from services.intake.handlers.pseudonyms.asker import Asker
from services.intake.handlers.pseudonyms.policies import Policies
from services.intake.handlers.reasons import Reasons
from services.intake.handlers.receipts import Receipts
from services.intake.handlers.same_person import SamePeople
from services.intake.handlers.second_step import SecondSteps
from services.intake.handlers.short_codes import ShortCodes
from services.intake.handlers.signin import SignIns
from services.intake.handlers.statistics import Statistics
from services.intake.handlers.users import Users
from services.intake.handlers.vault import CaseVault
from services.intake.handlers.waiting import Waiting
from services.intake.handlers.watch import Watch, WatchedAudit
from shared.post.incoming import Handler


@dataclass(frozen=True, slots=True)
class Intake:
    """One organisation's intake."""

    context: Context
    users: Users
    sign_ins: SignIns
    second_steps: SecondSteps
    watch: Watch
    audit_log: AuditLog
    invitations: Invitations
    cases: Cases
    drafts: Drafts
    handovers: Handovers
    same_people: SamePeople
    asking: Asking
    imports: Imports
    import_desk: ImportDesk
    statistics: Statistics
    consents: Consents
    reasons: Reasons
    waiting: Waiting
    photos: Photos
    attachments: Attachments
    alerts: Alerts
    receipts: Receipts
    matches: Matches
    notices: Notices
    partners: Partners
    policies: Policies
    alarms: Alarms
    duty: Duty
    short_codes: ShortCodes
    connection: Connection
    asker: Asker
    """Its `tick` is called by the worker every few seconds."""
    handlers: dict[str, Handler]
    """Message type -> handler, for the worker's Processor."""


def build(
    context: Context, hasher: PasswordHasher | None = None, *, looks_a_day: int = watch.LOOKS_A_DAY
) -> Intake:
    """Put the use cases together. `hasher` defaults to Argon2id with the library's recommended cost."""
    alarms = Alarms(context)
    watcher = Watch(context, alarms, looks_a_day)
    # Whatever is written down as a look is counted there, so that no use case can forget to.
    context = replace(context, audit=WatchedAudit(context.audit, watcher))
    hasher = BoundedHasher(hasher or PasswordHasher())
    vault = CaseVault(context)
    people = People(context, vault)
    shares = Shares(context, people)
    asking = Asking(context, people)
    cases = Cases(context, vault, people, shares, asking)
    consents = Consents(context, people)
    notices = Notices(context, consents)
    partners = Partners(context, alarms, shares.send_pending)
    receipts = Receipts(context, alarms, shares.send_anew)
    asker = Asker(context, people, alarms)
    saving, templates = Saving(context, cases), Templates(context)
    events, duty = MatchEvents(context), Duty(context)
    weighing = Weighing(context.organisation, people, Crowds(context, vault))
    sign_ins = SignIns(context, hasher)
    return Intake(
        context=context,
        users=Users(context, hasher),
        sign_ins=sign_ins,
        second_steps=SecondSteps(context, sign_ins),
        watch=watcher,
        audit_log=AuditLog(context),
        invitations=Invitations(context, hasher),
        cases=cases,
        drafts=Drafts(context, cases),
        asking=asking,
        same_people=SamePeople(context, cases, people),
        handovers=Handovers(context, cases, people),
        imports=Imports(context, cases, people, saving, templates),
        import_desk=ImportDesk(context, saving, templates),
        statistics=Statistics(context),
        consents=consents,
        alerts=Alerts(context, people, shares, asking, weighing),
        photos=Photos(context, people, cases),
        attachments=Attachments(context, people, cases),
        receipts=receipts,
        matches=Matches(context, people),
        notices=notices,
        partners=partners,
        policies=Policies(context, shares.republish),
        alarms=alarms,
        duty=duty,
        short_codes=ShortCodes(context, people),
        connection=Connection(context),
        reasons=Reasons(context, cases),
        waiting=Waiting(context, people),
        asker=asker,
        handlers={
            "pseudonym.request": Answerer(context, alarms).on_request,
            "pseudonym.response": Answers(context, asker, people, alarms).on_response,
            "candidate.found": Comparisons(context, people, alarms).on_found,
            "match.proposed": events.on_proposed,
            "match.retracted": events.on_retracted,
            "match.notice": notices.on_notice,
            "receipt": receipts.on_receipt,
            "card.updated": partners.on_card,
            "key.revoked": partners.on_revocation,
            "duty.state": duty.on_state,
        },
    )
