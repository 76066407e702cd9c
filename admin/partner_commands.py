"""`myosotis card` and `myosotis partner`: get to know a partner, two people on this side."""

from pathlib import Path

import click

from admin import console
from admin.acting import COMMAND, acting, person_options
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.errors import AdminError
from services.intake.handlers.partners import PartnerView
from shared.partners import documents
from shared.partners.bundle import CardFile
from shared.partners.documents import Kind
from shared.partners.fingerprint import WORDS
from shared.wire.codes import PartnerStatus
from shared.wire.reject import Reject
from shared.wire.values import decode_base64

WORDS_A_LINE = 4


@click.group()
def card() -> None:
    """This organisation's own card."""


@card.command()
@click.option("--out", type=click.Path(path_type=Path), help="File to write; ORGANISATION.card if not given.")
@click.pass_context
def export(ctx: click.Context, out: Path | None) -> None:
    """Write the card with today's sealing keys, to be sent to a partner; it holds no secret."""
    node = node_of(ctx)
    with node.intake() as intake, intake.database.read() as session:
        own = intake.directory.changed_body(session, node.organisation)
    file = CardFile(decode_base64(own.card), tuple(decode_base64(one) for one in own.prekeys))
    out = out or Path(f"{node.organisation}.card")
    out.write_bytes(file.encode())
    console.say(f"{out} may be sent by mail. The partner adds it and then telephones you for three words.")


@click.group()
def partner() -> None:
    """Partners: add, compare words, approve, suspend."""


@partner.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@person_options
@click.pass_context
def add(ctx: click.Context, file: Path, login: str, password_file: Path | None) -> None:
    """Take in a partner's card FILE. Nothing is exchanged before the words are compared."""
    given = CardFile.decode(file.read_bytes())
    node = node_of(ctx)
    if _claims(given.card) == node.organisation:
        raise AdminError(f"{file} is our own card: ask the partner for theirs, and send them ours.")
    with node.intake() as intake, acting(intake, login, password_file) as actor:
        view = intake.use_cases.partners.add_card(given.card, given.prekeys, actor)
    console.say(
        f"The card of {view.organisation} ({view.name}, {view.country}) is taken in. "
        f"The partner is {view.status.value}."
    )
    if view.status is PartnerStatus.UNVERIFIED:
        console.say(
            f"Telephone them at a number that you know, and run: myosotis partner compare {view.organisation}"
        )
    elif view.status is PartnerStatus.COMPARED:
        console.say(f"A second person runs: myosotis partner approve {view.organisation}")
    elif view.status in (PartnerStatus.SUSPENDED, PartnerStatus.SUSPECT):
        console.say(f"Two people start it again: myosotis partner restart {view.organisation}")


def _claims(card: bytes) -> object:
    """Whose card this is; None for one that intake will refuse, with the reason."""
    try:
        return documents.read(card, Kind.CARD).document.get("organisation")
    except Reject:
        return None


@partner.command()
@person_options
@click.pass_context
def words(ctx: click.Context, login: str, password_file: Path | None) -> None:
    """Our own twelve words, to be read out when a partner telephones."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        own = intake.use_cases.partners.own_words(actor)
    console.say("Read out only the places that the partner asks for:")
    for start in range(0, WORDS, WORDS_A_LINE):
        numbered = enumerate(own[start : start + WORDS_A_LINE], start=start + 1)
        console.say("  " + "".join(f"{place:>3}. {word:<10}" for place, word in numbered).rstrip())


@partner.command()
@click.argument("organisation")
@person_options
@click.pass_context
def compare(ctx: click.Context, organisation: str, login: str, password_file: Path | None) -> None:
    """Ask ORGANISATION for three of its twelve words by telephone, and type them here."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        partners = intake.use_cases.partners
        places = partners.start_comparison(organisation, actor)
        phone = partners.get(organisation, actor).duty_phone
        console.say(f"Ask {organisation} for the words at the places {', '.join(map(str, places))}.")
        console.say(
            f"Use a number that you know already. Their card says {phone}, but a forged card would, too."
        )
        typed = [click.prompt(f"Word {place}", type=str) for place in places]
        result = partners.compare(organisation, typed, actor)
    if result.right:
        console.say(f"The words are right. A second person runs: myosotis partner approve {organisation}")
    elif result.wait_until is not None:
        raise AdminError(
            f"The words are wrong, twice. Compare again after {console.moment(result.wait_until)}. "
            "Ask the partner whether this card is theirs; somebody may stand in between."
        )
    else:
        raise AdminError("The words are wrong. Ask once more, slowly; one try is left, for other places.")


@partner.command()
@click.argument("organisation")
@person_options
@click.pass_context
def approve(ctx: click.Context, organisation: str, login: str, password_file: Path | None) -> None:
    """The second person's word: from now on alerts may be exchanged with ORGANISATION."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        intake.use_cases.partners.approve(organisation, actor)
    console.say(f"{organisation} is verified. Alerts can be shared with it once it has approved us, too.")
    console.say(
        f"It may look up its own cases after: myosotis partner first-load {organisation} --cases NUMBER"
    )


@partner.command("list")
@json_option
@click.pass_context
def list_partners(ctx: click.Context, as_json: bool) -> None:
    """Every partner, where it stands, and what is in its way."""
    with node_of(ctx).intake() as intake:
        views = intake.use_cases.partners.overview(COMMAND)
        standings = {one.partner: one for one in intake.use_cases.policies.standings(COMMAND)}
    rows = []
    for view in views:
        standing = standings[view.organisation]
        rows.append(
            {
                "partner": view.organisation,
                "name": view.name,
                "status": view.status.value,
                "held": view.hold_sentence,
                "card_until": view.card_valid_until,
                "alerts": _alerts(view, as_json=as_json),
                "they_may_still_load": standing.first_load_left,
                "our_first_load": standing.asking_first_load,
            }
        )
    console.show(rows, as_json=as_json, empty="No partner yet: add one with `myosotis partner add FILE`.")


def _alerts(view: PartnerView, *, as_json: bool) -> object:
    if as_json:
        return view.shares
    return ", ".join(f"{count} {state}" for state, count in sorted(view.shares.items()))


@partner.command()
@click.argument("organisation")
@person_options
@yes_option
@click.pass_context
def suspend(ctx: click.Context, organisation: str, login: str, password_file: Path | None, yes: bool) -> None:
    """Stop the exchange with ORGANISATION at once; two people can start it again."""
    console.confirm(f"Stop the exchange with {organisation}, and delete its alerts in matching?", yes)
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        intake.use_cases.partners.suspend(organisation, actor)
    console.say(f"{organisation} is suspended: it is given nothing and believed nothing. Telephone it now.")


@partner.command()
@click.argument("organisation")
@person_options
@click.pass_context
def restart(ctx: click.Context, organisation: str, login: str, password_file: Path | None) -> None:
    """Agree to go on with a suspended or suspect ORGANISATION; it takes two people within a day."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        view = intake.use_cases.partners.restart(organisation, actor)
    if view.status in (PartnerStatus.SUSPENDED, PartnerStatus.SUSPECT):
        console.say("You agreed. A second person has to run the same within a day.")
    else:
        console.say(f"{organisation} is {view.status.value} again.")


@partner.command("first-load")
@click.argument("organisation")
@click.option(
    "--cases", default=1000, show_default=True, help="How many cases it may look up beyond its budget."
)
@person_options
@click.pass_context
def first_load(
    ctx: click.Context, organisation: str, cases: int, login: str, password_file: Path | None
) -> None:
    """Approve that a new partner looks up its stock of cases once, faster than its budget."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        points = intake.use_cases.policies.approve_first_load(organisation, cases, actor)
    console.say(f"{organisation} may ask for {points} points once, beyond its budget.")


COMMANDS: dict[str, click.Command] = {"card": card, "partner": partner}
