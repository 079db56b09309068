"""What most trackers and desks have in common: lists of changes over HTTP, and comments that are asked for apiece.

A connector names its feeds and says what an item means; reading, cursors, latecomers and failures are here.
"""

import time
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeVar

from pydantic import Field, SecretStr

from connectors import limits
from connectors.base import Connector, Cursor, Page, Raw, SourceError, SourceOptions
from connectors.feed import Feed, Read
from connectors.http import Answer, Http, HttpError
from connectors.profile import SourceProfile
from connectors.values import at, moment, text

LOST: Final = frozenset({400, 403, 404, 409, 410, 422, 500, 502, 503, 504})
"""Answers about one child (the comments of one ticket) that concern this child alone."""
CLOCK: Final = 60
"""Seconds by which a server's clock may differ from ours without a word."""


class RestOptions(SourceOptions):
    """The keys of every source that is asked over HTTP."""

    base_url: str = Field(description="the address of the service")
    token: SecretStr | None = Field(default=None, description="the credential, as ${ENV_NAME} or file:PATH")
    per_page: int | None = Field(default=None, ge=1, description="items a request; fewer where answers are too large")
    comments: bool = Field(default=True, description="read what was said on issues")
    insecure: bool = Field(default=False, description="allow http:// to another machine")
    ca_file: Path | None = Field(default=None, description="the certificates to trust, where yours are your own")
    webhook_secrets: list[SecretStr] = Field(
        default_factory=list, max_length=2, description="what webhooks are signed with; two during a change"
    )


Rest = TypeVar("Rest", bound=RestOptions)


class RestConnector(Connector[Rest]):
    """Raw items are {"in": the feed's name, "item": as the source gave it, and whatever `children` adds}."""

    profile: ClassVar[SourceProfile]

    def __init__(self, options: Rest, http: Http) -> None:
        super().__init__(options, http)
        self.page_size = min(options.per_page or self.profile.page_size, self.profile.page_size)

    @classmethod
    def open(cls, options: Rest, base_dir: Path) -> Self:
        return cls(options, cls.connect(options, base_dir))

    @classmethod
    def connect(cls, options: Rest, base_dir: Path) -> Http:
        """The seam to the server, with the headers of `headers`."""
        headers = cls.headers(options)
        return Http(
            options.base_url,
            headers=headers,
            limiter=limits.shared(limits.fingerprint(options.base_url, repr(sorted(headers.items())))),
            insecure=options.insecure,
            ca_file=None if options.ca_file is None else base_dir / options.ca_file,
        )

    @classmethod
    def headers(cls, options: Rest) -> Mapping[str, str]:
        """The credentials as this service wants them."""
        return {"Authorization": f"Bearer {secret(options.token)}"} if options.token else {}

    @abstractmethod
    def feeds(self) -> Sequence[Feed]:
        """The lists of changes that are read, each with a name of its own."""

    def feed(self, name: str, read: Read, stamp: str, *, of: type[Feed] = Feed) -> Feed:
        """A list of items that have their time of change at `stamp` and their id at "id"."""
        return of(
            name=name,
            profile=self.profile,
            read=read,
            moment=lambda item: moment(at(item, stamp)),
            key=lambda item: at(item, "id"),
        )

    def known_as(self, raw: Raw) -> str | None:
        return text(at(raw, "item", "id"))

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        """What has to be asked for one item apiece, as {"comments": [...]}. A refusal concerns this item alone."""
        return {}

    def close(self) -> None:
        self.http.close()

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Each feed in turn. One that cannot be read stops no other; it is named when the rest is done."""
        reached: dict[str, Mapping[str, str]] = {name: dict(mark) for name, mark in cursor.items()}
        failures: list[tuple[str, SourceError]] = []
        feeds = self.feeds()
        for feed in feeds:
            try:
                for items, mark in feed.follow(reached.get(feed.name, {}), self.clock()):
                    page, problems = self._completed(feed, items)
                    reached[feed.name] = mark
                    yield Page(items=page, cursor=dict(reached), problems=problems)
            except SourceError as error:
                failures.append((feed.name, error))
                if concerns_all(error):
                    break
        if failures:
            raise together(failures, of=len(feeds))

    def describe(self, cursor: Cursor) -> str:
        return "; ".join(f"{name}: {in_words(mark)}" for name, mark in cursor.items()) or "at the beginning"

    def _completed(self, feed: Feed, items: Sequence[Any]) -> tuple[list[Raw], list[tuple[str, str]]]:
        good: list[Raw] = []
        problems: list[tuple[str, str]] = []
        for item in items:
            if not isinstance(item, Mapping):
                problems.append((f"{feed.name}: item", f"{item!r:.80} is not an object"))
                continue
            raw: dict[str, Any] = {"in": feed.name, "item": item}
            name = self.known_as(raw)
            try:
                if name is not None:
                    raw.update(self.children(feed.name, item))
                elif type(self).children is not RestConnector.children:
                    told = "`known_as` gives it no name, so nothing that belongs to it was asked for"
                    problems.append((f"{feed.name}: item", told))
            except HttpError as error:
                if error.status not in LOST or error.retry_after is not None:
                    raise
                problems.append((name or f"{feed.name}: item", f"only in part: {error}"))
            good.append(raw)
        return good, problems


def rows(answer: Answer, *path: str | int) -> list[Any]:
    """The list at a path of an answer, with whatever is in it. Raises `SourceError` where no list is there: an answer
    of another shape is no absence of tickets."""
    found = at(answer.data, *path)
    if not isinstance(found, list):
        where = ".".join(map(str, path)) or "the answer"
        raise SourceError(f"GET {answer.url.partition('?')[0]} gave no list ({where}). Is `base_url` right?")
    return found


def secret(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value().strip()


def basic(user: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def in_words(mark: object) -> str:
    """A mark of a feed as an operator reads it."""
    if not isinstance(mark, Mapping):
        return str(mark)
    told = [f"changes to {mark['to']}"] if "to" in mark else []
    told += [f"looked for latecomers to {mark['late']}"] if "late" in mark else []
    told += [f"{key} {value}" for key, value in mark.items() if key not in ("to", "late")]
    return ", ".join(told) or "at the beginning"


def concerns_all(error: SourceError) -> bool:
    """A limit or a refused credential: the other feeds would be refused too."""
    return error.retry_after is not None or (isinstance(error, HttpError) and error.status == 401)


def together(failures: Sequence[tuple[str, SourceError]], *, of: int) -> SourceError:
    """One error for all: permanent only if nothing can be read, or a source with one bad name would fall silent."""
    permanent = all(error.permanent for _, error in failures) and (len(failures) == of or concerns_all(failures[-1][1]))
    waits = [error.retry_after for _, error in failures if error.retry_after is not None]
    message = "; ".join(f"{name}: {error}" for name, error in failures)
    return SourceError(message, permanent=permanent, retry_after=max(waits, default=None))


def clock(answer: Answer, service: str, now: float | None = None) -> list[str]:
    """A problem where this machine's clock and the server's differ."""
    try:
        sent = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError:
        return []
    offset = (time.time() if now is None else now) - sent
    if abs(offset) < CLOCK:
        return []
    way = "ahead of" if offset > 0 else "behind"
    return [
        f"This machine's clock is {abs(offset):.0f} s {way} {service}'s. Set it right (NTP), or tokens may be refused."
    ]
