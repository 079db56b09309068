"""The kit finds each trap: small broken connectors, each wrong in one way, each failing the case that is about it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Connector, Cursor, Page, Raw, SourceError
from connectors.feed import Feed, Listing
from connectors.freshdesk import Freshdesk
from connectors.github import GitHub
from connectors.http import HttpError
from connectors.imap import Imap
from connectors.intercom import Intercom
from connectors.kit import run
from connectors.kit.cases import CASES
from connectors.redmine import Redmine
from connectors.rest import in_words
from pipeline.issue import Comment


class StrictlyAfter(Freshdesk):
    """Goes on from what is later than the last change seen, not from the tick that it happened in."""

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        return super()._read(filters, since and since + timedelta(seconds=1), number)


class ByPageNumbers(Freshdesk):
    """Counts pages of a list that moves meanwhile."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        since = datetime.fromisoformat(cursor["to"]) if cursor else None
        newest, number = cursor.get("to"), 1
        while number is not None:
            found = self._read({}, since, number)
            newest = max([newest or "", *(item["updated_at"] for item in found.items)])
            number = found.next
            items, problems = self._completed(self.feeds()[0], found.items)
            yield Page(items=items, problems=problems, cursor={"to": newest} if number is None else cursor)


class NoTrail(Freshdesk):
    """Does not look behind its cursor."""

    def feeds(self) -> Sequence[Feed]:
        return [replace(feed, profile=replace(feed.profile, trail=timedelta(0))) for feed in super().feeds()]


class LocalTime(Freshdesk):
    """Writes the user's local time where the server reads UTC."""

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        local = since and since.astimezone(ZoneInfo("Asia/Kolkata")).replace(tzinfo=UTC)
        return super()._read(filters, local, number)


class Swallowed(Freshdesk):
    """Takes every refusal for an empty answer."""

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        try:
            return super()._read(filters, since, number)
        except SourceError:
            return Listing([])


class WedgedByAChild(Freshdesk):
    """Lets one ticket's comments end the whole pull."""

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        try:
            return super().children(feed, item)
        except HttpError as error:
            raise SourceError(str(error), permanent=True) from None


class LosesTheParent(Freshdesk):
    """Leaves out a ticket whose comments are refused."""

    def _completed(self, feed: Feed, items: Sequence[Any]) -> tuple[list[Raw], list[tuple[str, str]]]:
        good, problems = super()._completed(feed, items)
        bad = {name for name, _ in problems}
        return [raw for raw in good if self.known_as(raw) not in bad], problems


class BlindToDeletions(Freshdesk):
    """Never asks for the deleted tickets."""

    def feeds(self) -> Sequence[Feed]:
        return [feed for feed in super().feeds() if feed.name == "tickets"]


class WhereverItLeads(Intercom):
    """Follows page tokens for as long as there are any."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        position = None
        while True:
            found = self._read("conversations", None, position)
            items, problems = self._completed(self.feeds()[0], found.items)
            yield Page(items=items, problems=problems, cursor={"read": {"to": self.clock().isoformat()}})
            if found.next is None:
                return
            position = found.next


class Gullible(GitHub):
    """Believes every webhook that has an id."""

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        return headers.get("x-github-delivery")


class OneSecret(GitHub):
    """Knows only the first of two secrets."""

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        return super().webhook(headers, body, secrets[:1], now)


class ProbesWrong(Redmine):
    """Says of every ticket that it is gone."""

    def probe(self, external_id: str) -> Literal["exists", "deleted"]:
        return "deleted"


class CursorFirst(Freshdesk):
    """Moves the cursor before the items that it covers are stored."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        for page in super().pull(cursor):
            yield replace(page, cursor={"tickets": {"to": self.clock().isoformat()}, **cursor})

    def describe(self, cursor: Cursor) -> str:
        return in_words(cursor)


class DefaultScope(Freshdesk):
    """Takes what the list shows by itself on the first pull: thirty days."""

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        return super()._read(filters, since or self.clock() - timedelta(days=30), number)


class Trusting(Freshdesk):
    """Believes that every field is there."""

    def normalise(self, raw: Raw) -> Any:
        raw["item"]["subject"].strip()
        return super().normalise(raw)


class OneSpoilsAll(Freshdesk):
    """Reads a page whole or not at all."""

    def _completed(self, feed: Feed, items: Sequence[Any]) -> tuple[list[Raw], list[tuple[str, str]]]:
        if any(not isinstance(item, dict) or not isinstance(item.get("subject"), str) for item in items):
            return [], [("page", "one item of it was bad")]
        return super()._completed(feed, items)


class NoListIsNoNews(Freshdesk):
    """Takes an answer of another shape for an empty list."""

    def _read(self, filters: Mapping[str, str], since: datetime | None, number: Any) -> Listing:
        try:
            return super()._read(filters, since, number)
        except HttpError:
            raise
        except SourceError:
            return Listing([])


class EverythingInTheOpen(Freshdesk):
    """Takes internal notes for what customers were told."""

    def _comments(self, raw: Raw, item: Raw) -> list[Comment]:
        return [replace(comment, private=False) for comment in super()._comments(raw, item)]


class TriedForEver(Freshdesk):
    """Says of a refused credential that it may pass."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        try:
            yield from super().pull(cursor)
        except SourceError as error:
            raise SourceError(str(error), permanent=False) from None


class OnlyOne(Freshdesk):
    """Refuses to be opened while another worker reads."""

    busy: ClassVar[int] = 0

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        if OnlyOne.busy:
            raise SourceError("somebody else reads this source")
        OnlyOne.busy += 1
        try:
            yield from super().pull(cursor)
        finally:
            OnlyOne.busy -= 1


class InCircles(Freshdesk):
    """Follows page numbers to the end without asking anew, and does not notice the end of the window."""

    def feeds(self) -> Sequence[Feed]:
        return [
            replace(feed, profile=replace(feed.profile, order="none", window=None), read=partial(self._read, {}))
            for feed in super().feeds()[:1]
        ]


class NeverLooksBack(Imap):
    """Reads each mail once: that a thread was done, or opened again, goes unnoticed."""

    def _changed(self, *_: Any) -> dict[int, frozenset[str]]:
        return {}


class AheadOfItsMails(Imap):
    """Says with its first page that all of the folder is read."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        pages = list(super().pull(cursor))
        yield from (replace(page, cursor=pages[-1].cursor) for page in pages)


class NobodyIsThere(Imap):
    """Takes a refusal for an empty mailbox."""

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        with suppress(SourceError):
            yield from super().pull(cursor)

    def census(self) -> Iterator[str]:
        with suppress(SourceError):
            yield from super().census()


class AllTheSame(Freshdesk):
    """Calls every ticket by one name."""

    def known_as(self, raw: Raw) -> str | None:
        return "ticket"


class Nameless(Freshdesk):
    """Gives no ticket a name, so the core does not ask for what was said on it."""

    def known_as(self, raw: Raw) -> str | None:
        return None


TRAPS: list[tuple[str, type[Connector[Any]]]] = [
    ("K1", StrictlyAfter),
    ("K2", ByPageNumbers),
    ("K2", NeverLooksBack),
    ("K3", NoTrail),
    ("K4", LocalTime),
    ("K5", Swallowed),
    ("K6", WhereverItLeads),
    ("K7", InCircles),
    ("K8", WedgedByAChild),
    ("K8", LosesTheParent),
    ("K8", Nameless),
    ("K10", AllTheSame),
    ("K9", BlindToDeletions),
    ("K9", ProbesWrong),
    ("K9", NobodyIsThere),
    ("K10", CursorFirst),
    ("K10", AheadOfItsMails),
    ("K11", DefaultScope),
    ("K12", Trusting),
    ("K12", OneSpoilsAll),
    ("K13", TriedForEver),
    ("K11", EverythingInTheOpen),
    ("K14", Gullible),
    ("K14", OneSecret),
    ("K15", NoListIsNoNews),
    ("K15", NobodyIsThere),
    ("K15", Swallowed),
    ("K15", TriedForEver),
    ("K16", OnlyOne),
]


@pytest.mark.parametrize(("case", "broken"), TRAPS, ids=lambda value: getattr(value, "__name__", value))
def test_the_trap_is_found(case: str, broken: type[Connector[Any]]) -> None:
    (outcome,) = run.run(broken, cases=[one for one in CASES if one.id == case])

    assert outcome.result == "failed"
    assert outcome.why


def test_a_crash_of_the_connector_is_a_finding_and_not_the_end_of_the_report() -> None:
    class Crashes(Freshdesk):
        def feeds(self) -> Sequence[Feed]:
            raise RuntimeError("not written yet")

    outcomes = list(run.run(Crashes, cases=CASES[:2]))

    assert [outcome.result for outcome in outcomes] == ["failed", "failed"]
    assert "RuntimeError: not written yet" in outcomes[0].why


def test_a_connector_that_reads_webhooks_is_not_excused_by_a_dialect_that_makes_none() -> None:
    class Mute(run.dialect_of(GitHub)):  # type: ignore[misc]
        without: ClassVar[Mapping[str, str]] = {}

        def webhook(self, *_: Any) -> None:
            return None

    (outcome,) = run.run(GitHub, Mute, [case for case in CASES if case.id == "K14"])

    assert outcome.result == "failed"
    assert "webhook(ticket, secret, delivery)" in outcome.why


def test_a_window_that_the_profile_promises_is_tested_whatever_the_dialect_leaves_out() -> None:
    class Excused(run.dialect_of(Freshdesk)):  # type: ignore[misc]
        without: ClassVar[Mapping[str, str]] = {"K7": "we have not looked"}

    (outcome,) = run.run(Freshdesk, Excused, [case for case in CASES if case.id == "K7"])

    assert outcome.result == "passed"
