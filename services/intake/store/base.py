"""What all tables of intake share: their base class and the types of ids, codes and times."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

from shared.store.columns import BigId, UtcDateTime
from shared.store.tables import NAMING


class IntakeBase(DeclarativeBase):
    """Metadata of intake's own tables; outbox, inbox and audit live under shared.store."""

    metadata = MetaData(naming_convention=NAMING)


Ref = Annotated[str, mapped_column(String(40))]
"""An opaque id such as `case_...`."""
RefKey = Annotated[str, mapped_column(String(40), primary_key=True)]
Number = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Code = Annotated[str, mapped_column(String(40))]
OrganisationId = Annotated[str, mapped_column(String(40))]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
SlotStart = Annotated[int, mapped_column(BigId)]
"""When a slot begins, in seconds since 1970: unlike its number, it still compares if slots change length."""
