"""The bench a case works on: a fake, the connector under test, and a shelf that keeps what it brings like the core."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors import http, limits
from connectors.base import Connector, Cursor, Page, SourceError
from connectors.kit.dialect import Dialect
from connectors.kit.server import Fake
from connectors.kit.world import Ticket, World
from pipeline.issue import Comment, Gone, Issue, Remark


class Failed(Exception):
    """A promise that the connector did not keep."""


class Inapplicable(Exception):
    """The source does not have the notion; the words say why."""


@dataclass(slots=True)
class Held:
    """A limiter that never makes anybody wait and remembers how long it was told to."""

    holds: list[float] = field(default_factory=list)

    def delay(self) -> float:
        return 0.0

    def hold(self, seconds: float) -> None:
        self.holds.append(seconds)


@dataclass(slots=True)
class Shelf:
    """What a connector brought, by the core's rules: one row an identity, the newer wins, bad items apart."""

    issues: dict[str, Issue] = field(default_factory=dict)
    comments: dict[str, dict[str, Comment]] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    """Name of what was set aside -> reason."""
    crashes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """What `known_as` calls an issue -> its external_id."""
    namesakes: list[str] = field(default_factory=list)

    def take(self, connector: Connector[Any], page: Page) -> None:
        self.aside.update(page.problems)
        for number, item in enumerate(page.items):
            try:
                value = connector.normalise(item)
            except ValueError as error:
                self.aside[connector.known_as(item) or f"item {number}"] = str(error) or type(error).__name__
                continue
            except Exception as error:  # the core sets it aside too, but a connector must know its own bad input
                self.crashes.append(f"{type(error).__name__}: {error}")
                continue
            name = connector.known_as(item) if isinstance(value, Issue) else None
            if (
                name
                and isinstance(value, Issue)
                and self.names.setdefault(name, value.external_id) != value.external_id
            ):
                self.namesakes.append(f"{self.names[name]} and {value.external_id} are both known as {name!r}")
            self._keep(value)

    def _keep(self, value: Issue | Remark | Gone | None) -> None:
        if isinstance(value, Issue):
            known = self.issues.get(value.external_id)
            if known is None or known.updated_at <= value.updated_at:
                self.issues[value.external_id] = value
                self.gone.pop(value.external_id, None)
            self._comment(value.external_id, value.comments)
        elif isinstance(value, Remark):
            self._comment(value.issue, [value.comment])
        elif isinstance(value, Gone):
            self.gone[value.external_id] = value

    def _comment(self, issue: str, comments: Sequence[Comment]) -> None:
        self.comments.setdefault(issue, {}).update({c.external_id: c for c in comments})

    @property
    def living(self) -> dict[str, Issue]:
        return {key: issue for key, issue in self.issues.items() if key not in self.gone and issue.state != "deleted"}


class Bench:
    """One case's own world, fake and shelf, and the connector opened anew for every pull, as the core does."""

    def __init__(self, connector: type[Connector[Any]], fake: Fake, base_dir: Path, held: Held) -> None:
        self.connector = connector
        self.fake = fake
        self.base_dir = base_dir
        self.held = held
        self.shelf = Shelf()
        self.cursor: Cursor = {}
        self.change: dict[str, Any] = {}
        """Options that this case changes."""
        self.random = random.Random(7)

    @property
    def world(self) -> World:
        return self.fake.world

    @property
    def dialect(self) -> Dialect:
        return self.fake.dialect

    @property
    def page_size(self) -> int:
        profile = self.connector.profile
        asked = self.dialect.options().get("per_page")
        if asked:
            return int(asked)
        return profile.page_size if profile is not None else 5

    @contextmanager
    def opened(self) -> Iterator[Connector[Any]]:
        given = {"name": "kit", "kind": self.connector.kind, **self.dialect.options(), **self.change}
        made = self.connector.open(self.connector.Options.model_validate(given), self.base_dir)
        made.clock = lambda: self.world.now
        self.world.pass_time(self.dialect.withholds)
        with closing(made) as connector:
            yield connector

    def pull(self, *, pages: int | None = None, each: Callable[[int], None] | None = None) -> int:
        """One pull from the stored cursor, page by page as the core commits; how many pages came.

        `pages` kills it after so many commits; `each` is called after each with its number.
        """
        count = 0
        with self.opened() as connector:
            walk = connector.pull(self.cursor)
            for page in walk:
                self.shelf.take(connector, page)
                self.cursor = json.loads(json.dumps(page.cursor))  # a cursor is JSON or it is lost
                count += 1
                if each is not None:
                    each(count)
                if pages is not None and count >= pages:
                    break
        return count

    def pull_on(self, tries: int = 8) -> list[SourceError]:
        """Pull until one ends well, as the core tries again after passing trouble; the errors on the way."""
        errors: list[SourceError] = []
        for _ in range(tries):
            try:
                self.pull()
            except SourceError as error:
                errors.append(error)
                if error.permanent:
                    raise Failed(f"gave up on trouble that passes: {error}") from error
            else:
                return errors
        raise Failed(f"{tries} pulls in a row ended badly: {errors[-1]}")

    def must_match(self, when: str) -> None:
        """The shelf holds what the world holds: each ticket once, in its last version, with its comments."""
        problems = self.differences()
        if self.shelf.crashes:
            problems.insert(0, f"normalise crashed: {self.shelf.crashes[0]}")
        problems += [f"known_as: {told}" for told in self.shelf.namesakes]
        unnamed = [told for told in self.shelf.aside.values() if told.startswith("`known_as`")]
        problems = unnamed[:1] + problems
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise Failed(f"{when}: {problems[0]}{more}")

    def differences(self) -> list[str]:
        truth = {self.dialect.external_id(ticket): ticket for ticket in self.world.truth()}
        living = self.shelf.living
        held_back = self.world.now - self.dialect.withholds  # what changed later, no list shows yet
        lost = (key for key, ticket in truth.items() if key not in living and ticket.updated <= held_back)
        problems = [f"lost ticket {key}" for key in lost]
        problems += [f"has {key}, which does not exist" for key in living if key not in truth]
        for key, ticket in truth.items():
            if key in living and ticket.updated <= held_back:
                problems += [f"ticket {key}: {what}" for what in self._differs(living[key], key, ticket)]
        return problems

    def _differs(self, issue: Issue, key: str, ticket: Ticket) -> list[str]:
        found = []
        if issue.title != ticket.title:
            found.append(f"holds {issue.title!r}, the source {ticket.title!r}")
        if issue.state != ticket.state:
            found.append(f"is {issue.state} here and {ticket.state} there")
        off = abs(issue.updated_at - ticket.updated)
        if off >= self.world.tick and "stamps" not in self.dialect.without:
            found.append(f"changed at {issue.updated_at} here and {ticket.updated} there")
        if abs(issue.created_at - ticket.created) >= self.world.tick:
            found.append(f"was written at {issue.created_at} here and {ticket.created} there")
        have = {comment.body: comment for comment in self.shelf.comments.get(key, {}).values()}
        open_notes = [s.body for s in ticket.comments if s.private and s.body in have and not have[s.body].private]
        if open_notes:
            found.append(f"takes the internal note {open_notes[0]!r} for a public comment")
        lost = [said.body for said in ticket.comments if said.body not in have]
        if lost:
            found.append(f"lost the comment {lost[0]!r}")
        return found


@contextmanager
def quick() -> Iterator[Held]:
    """No waiting while the kit runs: what limiters and retries would wait for is only written down."""
    held = Held()
    before, http.pause = http.pause, _at_once
    previous = limits.current()
    limits.share(lambda _credential: held)
    try:
        yield held
    finally:
        http.pause = before
        limits.share(previous)


def _at_once(seconds: float) -> None:
    """The kit does not wait."""


def cut(_request: Any, honest: Any) -> Any:
    """The first half of an honest answer, and then the connection ends."""
    answer = honest(_request)
    return answer.but(headers={**answer.headers, "x-kit-cut": "1"})


def moments(since: datetime, step: Any, count: int) -> list[datetime]:
    return [since + step * n for n in range(count)]


Options = Mapping[str, Any]
