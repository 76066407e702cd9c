"""A desk with people, cases, alerts and possible matches, and browsers that sign in to it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake import web
from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.alarms import Alarms
from services.intake.pictures.workshop import Copies, Workshop
from shared.runtime import ids
from shared.runtime.clock import to_wire
from shared.runtime.settings import ServiceSettings
from shared.wire import codes
from shared.wire.local import DutyState, MatchProposed, Reason
from shared.wire.messages import Description, Receipt, ReceiptItem
from tests.support.clock import manual_clock
from tests.unit.intake.world import LYON, PASSWORD, RIGA, VILNIUS, Node, case, node, person

REASONS: tuple[Any, ...] = (
    ("family_name_sound", "for", 50, {"one_in": 500}),
    ("given_name_same", "for", 60, {"one_in": 50}),
    ("birth_swapped", "for", -212, {}),
    ("keys_year_both", "for", 159, {}),
    ("keys_place_both", "for", 185, {}),
    ("keys_names_both", "for", 76, {}),
    ("sex", "for", 100, {"alert": "female", "case": "female"}),
    ("height", "against", -80, {"alert": "150", "case": "160"}),
    ("marks", "for", 300, {"count": 1, "first": "scar.hand_left"}),
    ("languages", "for", 100, {"count": 1, "first": "lt"}),
    ("last_seen", "for", 100, {"alert": "2026-05", "case": "2026-06"}),
    ("birth_decade", "for", 100, {"alert": 2000, "case": 2000}),
    ("nationality", "against", -20, {"alert": "lt", "case": "lv"}),
    ("place", "unknown", 0, {}),
    ("region", "unknown", 0, {}),
)
STAFF: dict[str, tuple[UserRole, str]] = {
    "rasa": (UserRole.CASEWORKER, "main"),
    "jonas": (UserRole.CASEWORKER, "main"),
    "other": (UserRole.CASEWORKER, "other"),
    "second": (UserRole.SECOND_READER, "main"),
    "lead": (UserRole.SAFEGUARDING_LEAD, "main"),
    "duty": (UserRole.DUTY_OFFICER, "main"),
    "auditor": (UserRole.AUDITOR, "main"),
    "admin": (UserRole.ADMINISTRATOR, "main"),
}


@dataclass
class House:
    """One organisation with its desk. `of` has the ids of what is in it."""

    node: Node
    app: Flask
    actors: dict[str, Actor]
    of: dict[str, str] = field(default_factory=dict)

    def browser(self, login: str | None = None, language: str | None = None) -> Browser:
        """A new browser, signed in if a login is given."""
        made = Browser(self.app.test_client())
        if login is not None:
            assert made.sign_in(login).status_code == 303
        if language is not None:
            made.send("/language", language=language)
        return made

    def token(self, login: str) -> str:
        """An access for the API."""
        return self.node.intake.sign_ins.issue_token("test", self.actors[login]).token


@dataclass
class Browser:
    """A browser without JavaScript: it sends a form with what the page put into it."""

    client: FlaskClient
    csrf: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page, and remember its mark for forms."""
        answer = self.client.get(path, headers=headers, buffered=True)
        text = answer.get_data().decode(errors="replace")  # a photo is no text
        found = re.search(r'name="csrf_token" value="([^"]+)"', text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def send(self, path: str, /, **form: Any) -> TestResponse:
        """Send a form to a page."""
        if not self.csrf:
            self.get("/sign-in")
        return self.client.post(path, data={"csrf_token": self.csrf, **form})

    def follow(self, path: str, /, **form: Any) -> TestResponse:
        """Send a form and go where it leads."""
        answer = self.send(path, **form)
        return self.get(answer.headers["Location"]) if answer.status_code == 303 else answer

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Sign in, and open a page for a fresh mark."""
        self.get("/sign-in")
        answer = self.send("/sign-in", login=login, password=password)
        self.get("/account")
        return answer


def settings(folder: Path, **changes: Any) -> ServiceSettings:
    """Settings of a desk without servers."""
    values: dict[str, Any] = {
        "organisation": VILNIUS,
        "service": "intake",
        "database_url": f"sqlite:///{folder}/unused.db",
        "key_file": folder / "key",
        "passphrase_file": folder / "pass",
        "public_url": "http://localhost",
        "second_step": "off",
    }
    return ServiceSettings(**(values | changes))


def empty_house(folder: Path, **changes: Any) -> House:
    """Staff and partners, and no case yet."""
    made = node(VILNIUS, folder, manual_clock())
    actors = {}
    for login, (role, team) in STAFF.items():
        user = made.intake.users.create(login, PASSWORD, login.title(), role, team=team)
        actors[login] = Actor(user.id, role, team)
    return House(made, web.create(made.intake, settings(folder, **changes)), actors)


def full_house(folder: Path) -> House:
    """One of everything."""
    house = empty_house(folder)
    intake, rasa = house.node.intake, house.actors["rasa"]
    missing = intake.cases.register(case(), rasa).summary.id
    found = intake.cases.register(case(CaseKind.FOUND, person("Ona", "Petraitė")), rasa).summary.id
    foreign = intake.cases.register(case(), house.actors["other"]).summary.id
    alert = intake.alerts.publish(missing, Choices(), rasa)
    share = next(one for one in alert.shares if one.partner == LYON)
    receipt = ReceiptItem(
        alert=share.id, version=1, outcome=codes.ReceiptOutcome.COMPARED, at=to_wire(house.node.clock.now())
    )
    house.node.handle(Receipt(items=[receipt], missing=[], resend=False), f"{LYON}/matching")
    foreign_alert = intake.alerts.publish(foreign, Choices(), house.actors["other"])
    table = b"id,kind,family_name\n1,missing,Senoji\n"
    batch, _ = intake.imports.commit(table, rasa)
    foreign_batch, _ = intake.imports.commit(table, house.actors["other"])
    house.of = {
        "missing": missing,
        "found": found,
        "foreign": foreign,
        "alert": alert.id,
        "foreign_alert": foreign_alert.id,
        "match": propose(house, found),
        "batch": batch.id,
        "foreign_batch": foreign_batch.id,
        "unshared": next(one.id for one in intake.cases.overview(rasa) if one.label == "Senoji"),
    }
    keep_papers(house, missing)
    foreign_found = intake.cases.register(case(CaseKind.FOUND), house.actors["other"]).summary.id
    house.of["foreign_match"] = propose(house, foreign_found)
    house.of |= left_over(house, missing, foreign)
    for prefix, actor in (("", rasa), ("foreign_", house.actors["other"])):
        draft = intake.import_desk.upload(table, actor)
        layout = intake.import_desk.draft(draft, actor).settings.layout
        intake.import_desk.arrange(draft, layout, actor, f"{prefix}layout")
        house.of |= {
            f"{prefix}table": draft,
            f"{prefix}template": intake.imports.templates.overview(actor)[0].id,
        }
    house.node.set_status(RIGA, "suspended")
    with house.node.database.begin() as session:
        Alarms(intake.context).raise_one(session, "card_refused", RIGA)
    house.of["alarm"] = intake.alarms.open(house.actors["lead"])[0].id
    return house


def left_over(house: House, missing: str, foreign: str) -> dict[str, str]:
    """A draft and a note for the next shift, of either team."""
    intake, made = house.node.intake, {}
    typed = {"values": {"kind": "missing", "given_name": "Juodraštė"}, "languages": [], "marks": []}
    for name, login, case_id in (("", "rasa", missing), ("foreign_", "other", foreign)):
        by = house.actors[login]
        made[f"{name}draft"] = intake.drafts.begin(typed, "Juodraštė", "contact", by).id
        intake.handovers.write(case_id, "Paskambinti", by)
        made[f"{name}handover"] = intake.handovers.of_case(case_id, by)[0].id
    return made


def keep_papers(house: House, case_id: str) -> None:
    """A photo and an attachment; the decoder has tests of its own, and is not asked here."""
    rasa, intake = house.actors["rasa"], house.node.intake
    with patch.object(Workshop, "copies", return_value=Copies(b"large", b"small")):
        house.of["photo"] = intake.photos.add(case_id, b"sent", rasa).id
    house.of["attachment"] = intake.attachments.add(case_id, "sutikimas.pdf", b"%PDF-1.7", rasa).id


def propose(house: House, found: str, reasons: tuple[Any, ...] = REASONS) -> str:
    """Our matching proposes a match for a case, and notify says who was told."""
    reference = ids.new_id("match")
    now = house.node.clock.now()
    body = MatchProposed(
        match=reference,
        version=1,
        partner=LYON,
        alert=ids.new_id("alert"),
        alert_version=1,
        case=found,
        score=1800,
        strength=codes.Strength.VERY_LIKELY,
        reasons=[
            Reason(comparator=name, verdict=codes.Verdict(verdict), weight=weight, parameters=parameters)
            for name, verdict, weight, parameters in reasons
        ],
        facts="0" * 64,
        kind=codes.CaseKind.MISSING,
        category=codes.Category.RUNAWAY,
        urgency=codes.Urgency.IMMEDIATE,
        status=codes.MsgStatus.ACTUAL,
        tlp=codes.Tlp.AMBER_STRICT,
        permitted_use=codes.PermittedUse.ASK_PARTNER,
        description=Description(sex=codes.Sex.FEMALE, birth_decade=2000, marks=["scar:hand_left"]),
        expires=to_wire(now + timedelta(days=30)),
    )
    house.node.handle(body, f"{VILNIUS}/matching")
    told = DutyState(reference=reference, state="told", channel="email", told=3, at=to_wire(now))
    house.node.handle(told, "notify")
    return reference


def text_of(page: str) -> str:
    """What a person reads or hears of a page: text, and the words of images, fields and titles."""
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.S)
    spoken = re.findall(r'(?:alt|title|aria-label|placeholder|data-title)="([^"]*)"', page)
    return html.unescape(" ".join([re.sub(r"<[^>]+>", " ", page), *spoken]))
