"""Where the classifier was unsure, a language model may propose. It decides nothing, and nothing waits for it.

A text is asked about once, and counted before it is sent; after five failures in a row nobody is asked for a minute,
and for twice as long after each further one, up to an hour. What is remembered of this is one mark, written by whoever
holds the work row `propose`. See docs/decisions/006-language-model-proposes.md.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import teaching
from pipeline.issue import NoProposal, Proposal, Text
from pipeline.org import Org
from pipeline.store import issues, proposals, registry, work

KIND: Final = "propose"
FAILURES: Final = 5
SOON: Final = timedelta(seconds=10)
"""The pause after a failure that is not yet the fifth in a row."""
_MARK: Final = "language model"


class LanguageModel(Protocol):
    """`timeout` is the longest that `propose` takes, in seconds; it never raises for what a model does. A text is
    asked about alone, so that none can speak to another."""

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    def propose(self, text: Text) -> Proposal | NoProposal: ...


@dataclass(frozen=True, slots=True)
class Record:
    """How asking went: texts asked on `day`, failures in a row, and what the last of them was."""

    identity: str = ""
    day: str = ""
    asked: int = 0
    failures: int = 0
    trouble: str = ""

    @classmethod
    def read(cls, session: Session, day: str) -> "Record":
        found = cls(**json.loads(registry.mark(session, _MARK) or "{}"))
        return found if found.day == day else replace(found, day=day, asked=0)

    def save(self, session: Session) -> None:
        registry.set_mark(session, _MARK, json.dumps(asdict(self)))

    def after(self, answer: Proposal | NoProposal) -> "Record":
        if isinstance(answer, Proposal):
            return replace(self, failures=0, trouble="")
        return replace(self, failures=self.failures + 1, trouble=answer.reason)

    def pause(self, answer: Proposal | NoProposal) -> timedelta | None:
        """How long nobody is asked after this answer, which is counted already."""
        if isinstance(answer, Proposal):
            return None
        asked = timedelta(seconds=min(answer.wait or 0.0, 86_400.0))
        if self.failures >= FAILURES:
            return max(asked, timedelta(minutes=min(60, 2 ** min(self.failures - FAILURES, 6))))
        return None if answer.final else max(asked, SOON)


@dataclass(frozen=True, slots=True)
class Asking:
    """A text that is about to be asked about, already counted."""

    issue_id: int
    text_hash: str
    key: str
    text: Text


def wake(session: Session, model: LanguageModel, now: datetime, zone: str) -> None:
    """A model that was configured anew is asked at once, whatever the one before it did."""
    record = Record.read(session, _day(now, zone))
    if record.identity != model.identity:
        replace(record, identity=model.identity, failures=0, trouble="").save(session)
        work.request(session, KIND, "all")
        work.hurry(session, KIND, "all")


def begin(session: Session, org: Org, per_day: int, now: datetime, zone: str) -> Asking | timedelta | None:
    """The next text to ask about; how long to wait where today's are used up; None where nothing is left to ask."""
    record, open_ones = Record.read(session, _day(now, zone)), proposals.waiting(session)
    if not open_ones:
        return None
    if record.asked >= per_day:
        return _until_tomorrow(now, zone)
    replace(record, asked=record.asked + 1).save(session)
    row_id, text_hash = open_ones[0]
    ((_, _, issue),) = issues.to_classify(session, [row_id])
    return Asking(row_id, text_hash, teaching.key_of(issue), teaching.text_of(issue, org, {}))


def keep(
    session: Session, asking: Asking, model: LanguageModel, answer: Proposal | NoProposal, now: datetime, zone: str
) -> timedelta | None:
    """Store what came of it; how long nobody is to be asked now, None where the next text may follow."""
    proposals.save(session, asking.issue_id, asking.text_hash, model.name, answer)
    record = Record.read(session, _day(now, zone)).after(answer)
    record.save(session)
    return record.pause(answer)


def report(session: Session, model: LanguageModel, per_day: int, now: datetime, zone: str) -> Mapping[str, Any]:
    """How it goes, for `status`."""
    record = Record.read(session, _day(now, zone))
    again = work.next_due(session, (KIND,)) if record.failures else None
    return {
        "name": model.name,
        "asked_today": record.asked,
        "per_day": per_day,
        "waiting": len(proposals.waiting(session)),
        "failures": record.failures,
        "trouble": record.trouble or None,
        "again_in_seconds": None if again is None else round(again.total_seconds()),
    }


def _day(now: datetime, zone: str) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def _until_tomorrow(now: datetime, zone: str) -> timedelta:
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(zone)) - now
