"""Makes the content of an alert for one partner: tags that only this partner can compare (PROTOCOL 7.3)."""

from datetime import datetime

from services.intake.domain.alert import Choices, released
from services.intake.domain.finer import details
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.matchkeys import KEYS_VERSION, alert_keys
from services.intake.domain.person import Person
from services.intake.handlers.people import wire_description
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms.answerer import keys_of
from services.intake.store.cases import CaseRow
from shared.crypto import tags
from shared.runtime import clock as clocks
from shared.wire import codes
from shared.wire.messages import TAGS_PER_ALERT, AlertContent, AlertPublished, AlertUpdated, TagSet
from shared.wire.values import encode_base64


def content(
    context: Context,
    kind: type[AlertPublished] | type[AlertUpdated],
    *,
    reference: str,
    version: int,
    partner: str,
    epochs: list[int],
    case: CaseRow,
    person: Person,
    choices: Choices,
    urgency: codes.Urgency,
    expires: datetime,
) -> AlertContent:
    """The body for one partner; `epochs` are one, or two while an epoch changes (case 41)."""
    return kind(
        alert=reference,
        version=version,
        status=codes.MsgStatus(choices.status),
        urgency=urgency,
        tlp=codes.Tlp(choices.tlp),
        permitted_use=codes.PermittedUse(choices.permitted_use),
        kind=codes.CaseKind(case.kind),
        category=codes.Category(case.category),
        keys_version=KEYS_VERSION,
        description=wire_description(released(person, choices)),
        tag_sets=[tag_set(context, partner, epoch, person) for epoch in epochs],
        expires=clocks.to_wire(expires),
    )


def tag_set(context: Context, partner: str, epoch: int, person: Person) -> TagSet:
    """160 tags under a fresh salt: no two alerts, and no two partners, share one (cases 39 and 40).

    Beside each stand the details of the person, for whoever has the pseudonym behind it.
    """
    keys = keys_of(context, partner, epoch)
    salt = tags.new_salt()
    pseudonyms = b"".join(keys.pseudonym(match_key) for match_key in alert_keys(person))
    padded = tags.padded_tags(salt, pseudonyms, TAGS_PER_ALERT)
    told = details.of_person(person, DEALT).pack()
    return TagSet(
        epoch=epoch,
        salt=encode_base64(salt),
        tags=encode_base64(b"".join(padded)),
        details=encode_base64(tags.masked_details(salt, pseudonyms, told, padded)),
    )
