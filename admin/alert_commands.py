"""`myosotis publish`, `alerts` and `withdraw`: what leaves, where it stands, and how it is taken back."""

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select

from admin import console, find
from admin.acting import acting, person_options
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.errors import AdminError
from services.intake.domain.alert import DEFAULT_RELEASED, Choices
from services.intake.domain.codes import MsgStatus
from services.intake.domain.description import FIELDS
from services.intake.handlers.alerts.share_views import share_view
from services.intake.handlers.alerts.views import AlertPreview
from services.intake.store.alerts import AlertRow, ShareRow
from shared.runtime import ids

_STAYS = {
    "never_leaves": "never leaves",
    "not_chosen": "not chosen",
    "protected": "the place is protected",
    "unknown": "not known",
}
_METER = {
    "too_identifying": "so narrow that it may say who the person is: --because has to say why",
    "fine": "no narrower than it needs to be",
    "too_vague": "too vague: nothing can be found by it",
}


@click.command()
@click.argument("case")
@click.option("--circle", is_flag=True, help="To every verified partner.")
@click.option(
    "--to", "partners", multiple=True, metavar="ORGANISATION", help="To this partner; may be repeated."
)
@click.option(
    "--release",
    "released",
    multiple=True,
    type=click.Choice(list(FIELDS)),
    help="A coded value to release; may be repeated. Without it: sex and decade of birth.",
)
@click.option("--exercise", is_flag=True, help="An exercise: it never wakes anybody as a real alert would.")
@click.option("--because", default="", help="Why so much is released, where that is asked; stays here.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the alert.")
@person_options
@yes_option
@click.pass_context
def publish(
    ctx: click.Context,
    case: str,
    circle: bool,
    partners: tuple[str, ...],
    released: tuple[str, ...],
    exercise: bool,
    because: str,
    until: datetime | None,
    login: str,
    password_file: Path | None,
    yes: bool,
) -> None:
    """Share an alert about CASE (its reference), after showing exactly what leaves."""
    if circle == bool(partners):
        raise click.UsageError("Say to whom: --circle, or --to ORGANISATION once or several times.")
    choices = Choices(
        released=frozenset(released) if released else DEFAULT_RELEASED,
        status=MsgStatus.EXERCISE if exercise else MsgStatus.ACTUAL,
    )
    end = until.replace(tzinfo=UTC) if until else None
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        with intake.database.read() as session:
            reference = find.case_id(session, case)
        alerts = intake.use_cases.alerts
        preview = alerts.preview(reference, choices, actor, until=end)
        _show(preview, preview.partners if circle else list(partners))
        console.confirm("Share this now?", yes)
        view = alerts.publish(
            reference,
            choices,
            actor,
            partners=None if circle else list(partners),
            until=end,
            because=because,
        )
    console.say(f"Alert {view.id} ({view.short}) goes to {console.several(len(view.shares), 'partner')}.")


def _show(preview: AlertPreview, addressees: list[str]) -> None:
    console.say(f"To: {', '.join(addressees) or 'nobody'}")
    console.say(f"Until: {console.moment(preview.expires_at)}   Status: {preview.msg_status}")
    console.say("This leaves, readable for the partner alone:")
    for name, value in (
        ("kind", preview.kind),
        ("category", preview.category),
        ("urgency", preview.urgency),
        *preview.preview.leaves,
    ):
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        console.say(f"  {name}: {text}")
    real = (
        "made from the name and dates" if preview.match_keys else "all of them filling, as no name is known"
    )
    console.say(f"  {preview.tags} tags that only say yes or no to a case the partner has itself, {real}")
    console.say(f"  this description is {_METER[preview.meter.standing]}")
    console.say("This stays here:")
    for name, why in preview.preview.stays:
        console.say(f"  {name} ({_STAYS[why.value]})")
    for partner, sentence in preview.held.items():
        console.say(f"Not to {partner}: {sentence}")


@click.group()
def alerts() -> None:
    """Our alerts."""


@alerts.command("list")
@click.option("--live", is_flag=True, help="Only those that are published now.")
@json_option
@click.pass_context
def list_alerts(ctx: click.Context, live: bool, as_json: bool) -> None:
    """Every alert and where it stands at each partner."""
    node = node_of(ctx)
    chosen = select(AlertRow).order_by(AlertRow.changed_at.desc(), AlertRow.id)
    if live:
        chosen = chosen.where(AlertRow.state == "published")
    rows = []
    with node.database("intake") as database, database.read() as session:
        for alert in session.scalars(chosen):
            shares = session.scalars(
                select(ShareRow).where(ShareRow.alert_id == alert.id).order_by(ShareRow.partner)
            )
            for share in (share_view(session, one, node.clock.now()) for one in shares):
                rows.append(
                    {
                        "alert": alert.id,
                        "short": ids.short(alert.id),
                        "case": alert.case_id,
                        "state": alert.state,
                        "until": alert.expires_at,
                        "partner": share.partner,
                        "there": share.state,
                        "overdue": share.overdue,
                        "reason": share.reason,
                    }
                )
    console.show(rows, as_json=as_json, empty="No alert has been shared yet.")


@click.command()
@click.argument("alert")
@person_options
@yes_option
@click.pass_context
def withdraw(ctx: click.Context, alert: str, login: str, password_file: Path | None, yes: bool) -> None:
    """Recall ALERT everywhere: partners delete it and sign for that. It cannot be shared again."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        with intake.database.read() as session:
            reference = find.alert_id(session, alert)
        console.confirm("Withdraw this alert at every partner, for good?", yes)
        view = intake.use_cases.alerts.withdraw(reference, actor)
    waiting = sum(1 for share in view.shares if share.state == "deleting")
    if view.state != "withdrawn":
        raise AdminError(f"This alert is {view.state} and cannot be withdrawn.")
    left = console.several(waiting, "partner")
    console.say(f"{view.id} is withdrawn; {left} still to delete it and sign. See `alerts list`.")


COMMANDS: dict[str, click.Command] = {"publish": publish, "alerts": alerts, "withdraw": withdraw}
