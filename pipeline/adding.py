"""What a leader says to words that will be quoted above them, however they say it, until the leaf notes go.

    add         one line, beside the words wherever they are quoted above
    take_back   what they added
    keep_back   private words are shown to nobody any more; in their name, and other words may take their place

Each raises `NotAContext` for what cannot be kept, and may be repeated.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import correcting, preview, previewing
from pipeline.correcting import Teller
from pipeline.digest.index import names_of
from pipeline.house import House
from pipeline.preview import NotAContext
from pipeline.store import previews, work


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayer:
    """Who says it, of which week's words, and how."""

    leader: str
    week: str
    how: str
    at: datetime


def add(session: Session, sayer: Sayer, issue: str, text: str, house: House) -> None:
    _must_be_open(session, sayer, issue, house)
    said = preview.line(text, names_of(house.org).in_quote)
    previews.add(session, sayer.week, sayer.leader, issue, said, sayer.at)


def take_back(session: Session, sayer: Sayer, issue: str, house: House) -> None:
    _must_be_open(session, sayer, issue, house)
    previews.take_back(session, sayer.week, sayer.leader, issue)


def keep_back(session: Session, sayer: Sayer, issue: str, house: House) -> None:
    _must_be_open(session, sayer, issue, house)
    teller = Teller(by=sayer.leader, how=sayer.how, period=sayer.week, org=house.org, at=sayer.at)
    correcting.wrong_quote(session, teller, issue, "private")
    work.request(session, previewing.KIND, sayer.week)


def _must_be_open(session: Session, sayer: Sayer, issue: str, house: House) -> None:
    shown = previewing.shown(session, sayer.week, sayer.leader, house)
    if not any(one.is_open(sayer.at) for one in shown if one.issue == issue):
        raise NotAContext("These words can no longer be changed here: they were sent, or are quoted no more.")
