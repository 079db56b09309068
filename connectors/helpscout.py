"""Help Scout: the conversations of all inboxes, and the threads in them.

Without `status=all` only active conversations are listed, newest first. They are filtered and ordered by a time of
change that no answer shows, and pages are counted, so that an edit moves everything behind it. The list is therefore
walked from its newest change to the end: what is edited meanwhile goes to the front and is read next time, what lies
behind comes twice and is never skipped. The cursor is the server's own time when such a walk began. Where something was
deleted meanwhile, the list is shorter than before and the walk begins again.

A refresh token is worth one use: the answer brings the next one, which must be kept before anything else is done.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from connectors import limits
from connectors.base import BadItem, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing, Mark
from connectors.http import Http, HttpError
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, rows, secret
from connectors.values import at, mapping, moment, names, objects, segment, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Gone, Issue, Role

PUBLIC: Final = "https://api.helpscout.net"
WALKS: Final = 10
"""How often a list that grows shorter is begun again before we give up."""
EARLY: Final = 300
"""Seconds before its end from which an access token is not used any more."""
ROLES: Final[Mapping[str, Role]] = {"customer": "customer", "user": "staff"}
INTERNAL: Final = frozenset({"note", "forwardparent", "forwardchild"})
UNSEEN: Final = frozenset({"draft", "hidden", "underreview", "deleted"})


class HelpScoutOptions(RestOptions):
    base_url: str = Field(default=PUBLIC, description="the address of the API; not that of your Help Scout")
    client_id: str | None = Field(default=None, description="the App ID of your own app")
    client_secret: SecretStr | None = Field(default=None, description="its App Secret, as ${ENV_NAME} or file:PATH")
    refresh_token_file: Path | None = Field(
        default=None, description="holds the refresh token of a user, and is rewritten: each token is worth one use"
    )

    @model_validator(mode="after")
    def _one_identity(self) -> Self:
        app = self.client_id is not None and self.client_secret is not None
        if app == (self.token is not None) or (self.refresh_token_file is not None and not app):
            raise ValueError(
                "give client_id and client_secret, or a token, and refresh_token_file only with the former"
            )
        return self


class HelpScout(RestConnector[HelpScoutOptions]):
    kind: ClassVar[str] = "helpscout"
    summary: ClassVar[str] = "conversations of a Help Scout"
    Options: ClassVar[type[SourceOptions]] = HelpScoutOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.helpscout:HelpScoutDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="modifiedSince",
        order="none",
        page_size=50,
        widening={"status": "without status=all only active conversations are listed"},
        tombstones="census",
        redact=("email", "photoUrl", "first", "last", "firstName", "lastName", "attachments", "to", "cc", "bcc"),
    )

    @classmethod
    def connect(cls, options: HelpScoutOptions, base_dir: Path) -> Http:
        who = options.client_id or secret(options.token)
        limiter = limits.shared(limits.fingerprint(options.base_url, who))

        def made(headers: Callable[[], Mapping[str, str]], renew: Callable[[], None] | None = None) -> Http:
            return Http(
                options.base_url,
                headers=headers,
                limiter=limiter,
                insecure=options.insecure,
                ca_file=None if options.ca_file is None else base_dir / options.ca_file,
                renew=renew,
            )

        if options.token is not None:
            return made(lambda: cls.headers(options))
        tokens = _Tokens(options, base_dir, made(dict))
        return made(tokens.headers, tokens.renew)

    def feeds(self) -> Sequence[Feed]:
        return [self.feed("conversations", self._read, "userUpdatedAt", of=_Walk)]

    def children(self, feed: str, item: Raw) -> Mapping[str, Any]:
        """All threads, where those that came along are not all: those of chats are cut short."""
        known = [one for one in objects(at(item, "_embedded", "threads")) if one.get("type") != "lineitem"]
        whole_already = item.get("type") != "chat" and len(known) >= (whole(item.get("threads")) or 0)
        if whole_already or not self.options.comments or item.get("state") != "published":
            return {}
        found: list[Raw] = []
        for page in range(1, 101):
            path = f"/v2/conversations/{segment(item.get('id'))}/threads"
            answer = self.http.get(path, {"page": page})
            found += objects(at(answer.data, "_embedded", "threads"))
            if page >= (whole(at(answer.data, "page", "totalPages")) or 1):
                break
        return {"threads": found}

    def normalise(self, raw: Raw) -> Issue | Gone | None:
        item = mapping(raw.get("item"))
        number, created = text(item.get("id")), moment(item.get("createdAt"))
        if number is None:
            raise BadItem("a conversation without an id")
        if item.get("state") == "deleted":
            return Gone(external_id=number, at=moment(item.get("userUpdatedAt")) or self.clock())
        if item.get("state") == "draft":
            return None
        if created is None:
            raise BadItem(f"conversation {number} lacks its createdAt")
        threads = _in_order(raw, item)
        said = [one for one in threads if _speaks(one)]
        first = next((one for one in said if text(one.get("type")) not in INTERNAL), None)
        body = clean(text(at(first, "body")) or "", "html")
        labels, closed = _labels(item), text(item.get("status")) in ("closed", "spam")
        told = (moment(item.get(name)) for name in ("userUpdatedAt", "closedAt", "createdAt"))
        changes = [when for when in (*told, *(moment(one.get("createdAt")) for one in threads)) if when is not None]
        updated, history = max(changes), _history(created, threads, moment(item.get("closedAt")) if closed else None)
        customer = text(at(item, "primaryCustomer", "id"))
        return Issue(
            source=self.options.name,
            external_id=number,
            title=_title(text(item.get("subject")), body) or f"Conversation {text(item.get('number')) or number}",
            body=body,
            url=f"https://secure.helpscout.net/conversation/{segment(number)}/{segment(item.get('number') or '')}",
            created_at=created,
            updated_at=updated,
            closed_at=(moment(item.get("closedAt")) or updated) if closed else None,
            state="closed" if closed else "open",
            author=text(at(item, "createdBy", "id")) or customer,
            author_role=ROLES.get(text(at(item, "createdBy", "type")) or "", "unknown"),
            account=customer,
            labels=labels,
            project=text(item.get("mailboxId")),
            tags=tags_for(self.options, labels, item.get("customFields")),
            comments=tuple(_comments(said, first)) if self.options.comments else (),
            history=history,
        )

    def check(self) -> list[str]:
        answer = self.http.get("/v2/mailboxes")
        inboxes = names(at(answer.data, "_embedded", "mailboxes"))
        problems = clock(answer, "Help Scout")
        if not inboxes:
            problems.append("These credentials see no inbox: the user behind them must be let into those to be read.")
        return problems

    def census(self) -> Iterator[str]:
        for items, _ in self.feeds()[0].follow({}, self.clock()):
            here = (text(at(item, "id")) for item in items if at(item, "state") != "deleted")
            yield from (number for number in here if number is not None)

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"]:
        """A conversation that was merged into another one leads there."""
        answer = self.http.get(f"/v2/conversations/{segment(external_id)}", allow=(301, 404))
        if answer.status == 301:
            return "transferred"
        return "deleted" if answer.status == 404 or at(answer.data, "state") == "deleted" else "exists"

    def _read(self, since: datetime | None, position: Any) -> Listing:
        page = position or 1
        changed = {} if since is None else {"modifiedSince": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        order = {"sortField": "modifiedAt", "sortOrder": "desc"}
        answer = self.http.get(
            "/v2/conversations", {"status": "all", "embed": "threads", **order, **changed, "page": page}
        )
        told = mapping(at(answer.data, "page"))
        empty = whole(told.get("totalElements")) == 0  # then the list itself is left out
        if whole(told.get("number")) not in (page, None):
            raise SourceError(f"conversations: page {page} was asked for, and {told.get('number')!r:.20} came.")
        return Listing(
            [] if empty else rows(answer, "_embedded", "conversations"),
            {
                "more": page < (whole(told.get("totalPages")) or 1),
                "total": whole(told.get("totalElements")) or 0,
                "at": _sent(answer.headers) or self.clock(),
            },
        )


@dataclass(frozen=True, kw_only=True)
class _Walk(Feed):
    """Newest change first, to the end; the mark is the moment when the walk began, by the server's clock."""

    def follow(self, mark: Mark, now: datetime) -> Iterator[tuple[Sequence[Any], Mark]]:
        to = moment(mark.get("to"))
        if to is None and mark.get("to") is not None:
            raise SourceError(
                f"the cursor holds {mark.get('to')!r:.40}, which is not a time; move this source's cursor back",
                permanent=True,
            )
        since = None if to is None else to - self.profile.trail
        for _ in range(WALKS):
            number, total, began = 1, 0, now
            while True:
                page = self._once_more_if_empty(since, number)
                began = at(page.next, "at") if number == 1 else began
                if at(page.next, "total") < total:
                    break
                total = at(page.next, "total")
                more = at(page.next, "more")
                yield page.items, dict(mark) if more else {"to": f"{began.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
                if not more:
                    return
                number += 1
        raise SourceError(f"{self.name}: the list grows shorter whenever it is read; it will be tried again.")

    def _once_more_if_empty(self, since: datetime | None, number: int) -> Listing:
        page = self.read(since, number)
        if page.items or not at(page.next, "more"):
            return page
        page = self.read(since, number)
        if not page.items and at(page.next, "more"):
            raise SourceError(f"{self.name}: page {number} is empty and not the last; it will be tried again.")
        return page


class _Tokens:
    """Access tokens: asked for with the app's own credentials, or with a refresh token that is kept in a file.

    Instances with the same file take turns, also in other processes, so that one token is never used twice.
    """

    def __init__(self, options: HelpScoutOptions, base_dir: Path, http: Http) -> None:
        self._app = {"client_id": options.client_id, "client_secret": secret(options.client_secret)}
        self._file = None if options.refresh_token_file is None else base_dir / options.refresh_token_file
        self._http = http
        self._token = ""
        self._ends = 0.0

    def headers(self) -> Mapping[str, str]:
        if time.time() > self._ends - EARLY:
            self._obtain()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> None:
        self._ends = 0.0

    def _obtain(self) -> None:
        if self._file is None:
            self._take(self._ask({"grant_type": "client_credentials"}))
            return
        with _alone(self._file):
            kept = _kept(self._file)
            refused = self._token
            if text(kept.get("access_token")) not in (None, refused) and _ends(kept) > time.time() + EARLY:
                self._take(kept)
                return
            with _replacing(self._file) as write:
                fresh = self._ask({"grant_type": "refresh_token", "refresh_token": text(kept.get("refresh_token"))})
                write(fresh)
            self._take(fresh)

    def _take(self, tokens: Mapping[str, Any]) -> None:
        self._token, self._ends = str(tokens["access_token"]), _ends(tokens)

    def _ask(self, grant: Mapping[str, Any]) -> dict[str, Any]:
        try:
            data = mapping(self._http.post("/v2/oauth2/token", {**self._app, **grant}).data)
        except HttpError as error:
            if error.status not in (400, 401, 403):
                raise
            remedy = f"Authorise the app anew and write its refresh token into {self._file}." if self._file else ""
            raise HttpError(
                f"Help Scout answered {error.status}: the credentials of the app are not accepted. {remedy}".strip(),
                status=401,
                permanent=True,
            ) from None
        finally:
            self._http.close()
        token, lasts = text(data.get("access_token")), whole(data.get("expires_in"))
        following = text(data.get("refresh_token"))
        if token is None or (self._file is not None and following is None):
            raise SourceError("Help Scout gave no token for the app; check `client_id`.", permanent=True)
        return {"refresh_token": following, "access_token": token, "ends": int(time.time()) + (lasts or 3600)}


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Nobody else refreshes meanwhile."""
    with _said(file), file.with_name(f"{file.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _replacing(file: Path) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """What writes the file anew, whole or not at all. Where that cannot be, it is said before a token is spent."""
    with _said(file), NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as fresh:

        def write(tokens: Mapping[str, Any]) -> None:
            fresh.write(json.dumps(tokens))
            fresh.flush()
            os.fsync(fresh.fileno())
            Path(fresh.name).replace(file)

        try:
            yield write
        finally:
            with suppress(FileNotFoundError):
                Path(fresh.name).unlink()


@contextmanager
def _said(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(
            f"{file}: {error.strerror}. The refresh token must be kept there, in a folder that may be written to.",
            permanent=True,
        ) from None


def _kept(file: Path) -> Mapping[str, Any]:
    """What the file holds: our JSON, or the bare refresh token that a person wrote."""
    written = file.read_text("utf-8").strip()
    try:
        kept = mapping(json.loads(written))
    except ValueError:
        kept = {"refresh_token": written}
    if text(kept.get("refresh_token")) is None:
        raise SourceError(f"{file} holds no refresh token.", permanent=True)
    return kept


def _ends(tokens: Mapping[str, Any]) -> float:
    return float(whole(tokens.get("ends")) or 0)


def _sent(headers: Mapping[str, str]) -> datetime | None:
    try:
        sent = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _labels(item: Raw) -> tuple[str, ...]:
    """The tags, and "spam", which is a status here and can so be muted."""
    spam = ("spam",) if item.get("status") == "spam" else ()
    return tuple(dict.fromkeys((*names(item.get("tags"), "tag"), *spam)))


def _title(subject: str | None, body: str) -> str:
    lines = (line.strip() for given in (clean(subject or "", "plain"), body) for line in given.splitlines())
    return next((line[:120] for line in lines if line), "")


def _in_order(raw: Raw, item: Raw) -> list[Raw]:
    given = raw.get("threads") if isinstance(raw.get("threads"), list) else at(item, "_embedded", "threads")
    dated = [(when, one) for one in objects(given) if (when := moment(one.get("createdAt"))) is not None]
    return [one for _, one in sorted(dated, key=lambda pair: (pair[0], whole(pair[1].get("id")) or 0))]


def _speaks(thread: Raw) -> bool:
    hidden = text(thread.get("state")) in UNSEEN or thread.get("type") == "lineitem"
    return not hidden and text(thread.get("body")) is not None


def _comments(said: Sequence[Raw], first: Raw | None) -> Iterator[Comment]:
    for thread in said:
        number, created = text(thread.get("id")), moment(thread.get("createdAt"))
        if thread is first or number is None or created is None:
            continue
        yield Comment(
            external_id=number,
            author=text(at(thread, "createdBy", "id")),
            author_role=ROLES.get(text(at(thread, "createdBy", "type")) or "", "unknown"),
            body=clean(text(thread.get("body")) or "", "html"),
            created_at=created,
            private=text(thread.get("type")) in INTERNAL,
        )


def _history(created: datetime, threads: Sequence[Raw], closed: datetime | None) -> tuple[Event, ...]:
    """Each thread says the status that it left behind."""
    events, done = [Event(at=created, what="created")], False
    for thread in threads:
        status, when = text(thread.get("status")), moment(thread.get("createdAt"))
        if when is None or status not in ("active", "pending", "closed") or (status == "closed") == done:
            continue
        done = not done
        events.append(Event(at=when, what="closed" if done else "reopened"))
    if closed is not None and not done:
        events.append(Event(at=max(closed, created), what="closed"))
    return tuple(events)
