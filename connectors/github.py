"""GitHub: the issues of several repositories, and what people said on them.

Two feeds a repository, both oldest change first: its issues, then its comments. Each page is asked anew by time, since
the last change seen, because counting pages skips an issue whenever an earlier one is edited, moved or deleted
meanwhile. Only where more items share one second than fit on a page are GitHub's own links followed.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors import limits
from connectors.base import BadItem, Connector, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from connectors.http import Answer, Http, HttpError
from connectors.limits import Limiters
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Remark, Role

try:
    import jwt
except ImportError:  # only GitHub Apps sign anything
    jwt = None  # type: ignore[assignment]

PUBLIC: Final = "https://api.github.com"
TRAIL: Final = timedelta(minutes=2)
"""A change can become visible after a later one: each pull begins this much before where the last one ended."""
TICK: Final = timedelta(seconds=1)
"""GitHub's times are whole seconds."""
PASSES: Final = 50
"""How often one second is read before we give up: each time, something in it was changed meanwhile."""
FEEDS: Final = {"issues": "/repos/{}/issues", "comments": "/repos/{}/issues/comments"}
STAFF: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
PUBLIC_AUTHORS: Final = frozenset({"NONE", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR"})
KIND_LABEL: Final = re.compile(
    r"^(?:(?:kind|type|t|c)\s*[:/-]\s*)?"
    r"(bug|defect|regression|incident|enhancement|feature|feature[ -]request|improvement|question|support|"
    r"documentation|docs|task|chore)$",
    re.IGNORECASE,
)

Given = tuple[Sequence[Any], datetime | None]
Walk = Iterator[Given]


class App(BaseModel):
    """A GitHub App's identity; its tokens live for an hour and are renewed by themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int | str = Field(description="the App's id or client id")
    private_key: SecretStr = Field(description="the App's private key (PEM), as ${ENV_NAME} or file:PATH")
    installation: int = Field(description="the id of its installation in your organisation")


class GitHubOptions(SourceOptions):
    repos: list[str] = Field(min_length=1, description="owner/name, as many as you like")
    base_url: str = Field(default=PUBLIC, description="for GitHub Enterprise Server: https://HOST/api/v3")
    token: SecretStr | None = Field(default=None, description="a personal access token that may read issues")
    app: App | None = Field(default=None, description="instead of a token: id, private_key and installation of an App")
    pull_requests: bool = Field(default=False, description="read pull requests too, and what is said on them")
    comments: bool = Field(default=True, description="read the comments on issues")
    per_page: int = Field(default=100, ge=1, le=100, description="items a request; fewer where answers are too large")
    insecure: bool = Field(default=False, description="allow http:// to another machine")
    ca_file: Path | None = Field(default=None, description="the certificates to trust, where yours are your own")

    @field_validator("repos")
    @classmethod
    def _names(cls, repos: list[str]) -> list[str]:
        for repo in repos:
            if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repo):
                raise ValueError(f"{repo!r} is not the name of a repository: write owner/name")
        folded = [repo.casefold() for repo in repos]
        twice = next((repo for repo in repos if folded.count(repo.casefold()) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} is there twice")
        return repos

    @model_validator(mode="after")
    def _one_identity(self) -> Self:
        if self.token is not None and self.app is not None:
            raise ValueError("give a token or an app, not both")
        return self


class GitHub(Connector[GitHubOptions]):
    """Raw items are `{"repo": the configured name, "issue" or "comment": the item as GitHub gave it}`."""

    kind: ClassVar[str] = "github"
    summary: ClassVar[str] = "issues and comments of GitHub repositories, on github.com or your own server"
    Options: ClassVar[type[SourceOptions]] = GitHubOptions

    @classmethod
    def open(cls, options: GitHubOptions, base_dir: Path, *, limiters: Limiters = limits.in_process) -> Self:
        """A connector ready to use. `base_dir` is where relative paths of the options begin."""
        return cls(options, _http(options, base_dir, limiters))

    def close(self) -> None:
        self.http.close()

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Each repository in turn. One that cannot be read stops no other; it is named when the rest is done."""
        reached: dict[str, dict[str, str]] = {repo: dict(marks) for repo, marks in cursor.items()}
        feeds = ("issues", "comments") if self.options.comments else ("issues",)
        failures: list[tuple[str, SourceError]] = []
        for repo in self.options.repos:
            try:
                for feed in feeds:
                    yield from self._feed(repo, feed, reached)
            except SourceError as error:
                failures.append((repo, error))
                if _concerns_all(error):
                    break
        if failures:
            raise _together(failures, of=len(self.options.repos))

    def normalise(self, raw: Raw) -> Issue | Remark | None:
        repo = raw.get("repo")
        if not isinstance(repo, str):
            raise BadItem("this is not an item that the github connector gave: `repo` is missing")
        if "comment" in raw:
            return self._remark(repo, _mapping(raw["comment"]))
        return self._issue(repo, _mapping(raw.get("issue")))

    def check(self) -> list[str]:
        problems: list[str] = []
        if self.options.token is None and self.options.app is None:
            problems.append(
                "Without a token GitHub answers 60 requests an hour. Set `token` to one that may read issues."
            )
        last: Answer | None = None
        for repo in self.options.repos:
            try:
                last = self.http.get(f"/repos/{repo}")
            except SourceError as error:
                problems.append(f"{repo}: {error}")
                if _concerns_all(error):
                    break
            else:
                problems += _visible(repo, last)
        return problems + ([] if last is None else _clock(last, time.time()) + _expiry(last, time.time()))

    def census(self) -> Iterator[str]:
        """Every issue that exists. Raises `SourceError` rather than leave out a repository that it cannot see."""
        for repo in self.options.repos:
            self._must_have_issues(repo)
            for items, _ in self._walk(repo, FEEDS["issues"].format(repo), None):
                for item in items:
                    if isinstance(item, Mapping) and self._wanted(item) and "number" in item:
                        yield f"{repo}#{item['number']}"

    def covers(self, external_id: str) -> bool:
        return external_id.rpartition("#")[0] in self.options.repos

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"]:
        """What became of one issue. An issue that we may no longer see is an error, not a deletion."""
        repo, _, number = external_id.rpartition("#")
        path = f"/repos/{repo}/issues/{number}"
        answer = self.http.get(path, allow=(301, 404, 410))
        if answer.status == 200:
            return "exists"
        here = self._must_have_issues(repo)
        if answer.status != 301:
            return "deleted"
        # A redirect means a moved issue or a renamed repository; where it leads tells which.
        if f"/repositories/{here.get('id')}/issues/{number}" not in answer.headers.get("location", ""):
            return "transferred"
        return "exists" if self.http.get(path, allow=(404, 410)).status == 200 else "deleted"

    def describe(self, cursor: Cursor) -> str:
        told = [
            f"{repo}: " + ", ".join(f"{feed} to {moment}" for feed, moment in sorted(marks.items(), reverse=True))
            for repo, marks in cursor.items()
        ]
        return "; ".join(told) or "at the beginning"

    def _feed(self, repo: str, feed: str, reached: dict[str, dict[str, str]]) -> Iterator[Page]:
        """The pages of one feed. `reached` is moved along; each page carries a copy of it as its cursor."""
        marks = reached.setdefault(repo, {})
        name = "issue" if feed == "issues" else "comment"
        for items, moment in self._walk(repo, FEEDS[feed].format(repo), _cursor_time(marks.get(feed))):
            if moment is not None:
                marks[feed] = _iso(moment)
            good = [{"repo": repo, name: item} for item in items if isinstance(item, Mapping)]
            odd = [
                (f"{repo}: {name}", f"{item!r:.80} is not an object") for item in items if not isinstance(item, Mapping)
            ]
            yield Page(items=good, cursor={at: dict(mark) for at, mark in reached.items()}, problems=odd)

    def _walk(self, repo: str, path: str, since: datetime | None) -> Walk:
        """A list, oldest change first: the items of each page, and the moment up to which everything has been given."""
        asked, reached = None if since is None else since - TRAIL, since
        page = self._read(path, asked)
        while page.ascends_from(asked) and (page.moments or page.link is None):
            if page.link is None or asked is None or page.goes_beyond(asked):
                reached = _latest(reached, page.last)
                yield page.items, reached
                following = page.last
            else:
                yield from self._same_second(repo, path, page, asked, reached)
                reached, following = _latest(reached, asked), asked + TICK
            if page.link is None:
                return
            fresh = self._read(path, following)
            if not fresh.ascends_from(following):
                # This server does not filter by time (some that stand in for GitHub do not): only its links are left.
                page = self._follow(repo, page.link, None, set())
                break
            asked, page = following, fresh
        yield from self._by_links(repo, page, reached)

    def _same_second(self, repo: str, path: str, page: "_Listing", second: datetime, reached: datetime | None) -> Walk:
        """More items changed in one second than fit on a page: GitHub's links lead through them.

        A page is a count of items from the start, so an item that leaves the second meanwhile makes another one slip
        by unseen. The second is therefore read until it is the same twice; until then the cursor stays before it.
        """
        before: list[Any] | None = None
        for _ in range(PASSES):
            ids, links = page.ids_at(second), set[str]()
            yield page.items, reached
            while page.link is not None and not (page.ascends_from(second) and page.goes_beyond(second)):
                page = self._follow(repo, page.link, second, links)
                ids += page.ids_at(second)
                yield page.items, reached
            if ids == before:
                return
            before, page = ids, self._read(path, second)
        raise SourceError(f"{repo}: what changed in one second does not come to rest; it will be tried again later.")

    def _by_links(self, repo: str, page: "_Listing", reached: datetime | None) -> Walk:
        """In whatever order it comes, so that nothing is certain before the end."""
        newest, links = reached, set[str]()
        while True:
            newest = _latest(newest, *page.moments)
            yield page.items, newest if page.link is None else reached
            if page.link is None:
                return
            page = self._follow(repo, page.link, None, links)

    def _read(self, path: str, since: datetime | None) -> "_Listing":
        params: dict[str, str | int] = {"sort": "updated", "direction": "asc", "per_page": self.options.per_page}
        if not path.endswith("/comments"):
            params = {"state": "all", **params}
        if since is not None:
            params["since"] = _iso(since)
        return _listing(self.http.get(path, params))

    def _follow(self, repo: str, link: str, second: datetime | None, followed: set[str]) -> "_Listing":
        if link in followed:
            raise SourceError(f"{repo}: GitHub's next page is one that was read already.")
        followed.add(link)
        try:
            return _listing(self.http.get(link))
        except HttpError as error:
            if error.status != 422:
                raise
            told = f"GitHub refuses to list further ({error.reason})"
            if second is not None:
                told += (
                    f", and too many items changed in the one second {_iso(second)} to go on from a later one. "
                    "Change some of them, a label will do, so that they move on"
                )
            raise SourceError(f"{repo}: {told}.", permanent=True) from None

    def _must_have_issues(self, repo: str) -> Raw:
        """The repository as GitHub knows it today; `SourceError` where its issues cannot be seen at all."""
        data = _mapping(self.http.get(f"/repos/{repo}").data)
        if data.get("has_issues") is False:
            raise SourceError(f"{repo} has its issues switched off; leave it out of `repos:`.", permanent=True)
        return data

    def _wanted(self, item: Raw) -> bool:
        return self.options.pull_requests or "pull_request" not in item

    def _issue(self, repo: str, item: Raw) -> Issue | None:
        if not self._wanted(item):
            return None
        number, title, created = item.get("number"), item.get("title"), _time(item.get("created_at"))
        if not isinstance(number, int) or not isinstance(title, str) or created is None:
            raise BadItem(f"an issue of {repo} lacks its number, title or created_at")
        labels = _labels(item.get("labels"))
        closed = _time(item.get("closed_at"))
        history = [Event(at=created, what="created")]
        if closed is not None:
            history.append(Event(at=closed, what="closed", after=_text(item.get("state_reason"))))
        return Issue(
            source=self.options.name,
            external_id=f"{repo}#{number}",
            title=clean(title, "plain"),
            body=clean(_text(item.get("body")) or "", "markdown"),
            url=_text(item.get("html_url")),
            created_at=created,
            updated_at=_time(item.get("updated_at")) or created,
            closed_at=closed,
            state="closed" if item.get("state") == "closed" else "open",
            kind=_kind(item, labels),
            author=_login(item),
            author_role=_role(item),
            labels=labels,
            project=repo,
            tags=tags_for(self.options, labels),
            history=tuple(history),
        )

    def _remark(self, repo: str, item: Raw) -> Remark | None:
        if not self.options.pull_requests and "/pull/" in str(item.get("html_url", "")):
            return None
        number = str(item.get("issue_url", "")).rpartition("/")[2]
        created = _time(item.get("created_at"))
        if not number.isdigit() or item.get("id") is None or created is None:
            raise BadItem(f"a comment of {repo} lacks its id, issue_url or created_at")
        comment = Comment(
            external_id=str(item["id"]),
            author=_login(item),
            author_role=_role(item),
            body=clean(_text(item.get("body")) or "", "markdown"),
            created_at=created,
        )
        return Remark(issue=f"{repo}#{number}", comment=comment)


@dataclass(frozen=True, slots=True)
class _Listing:
    """One page of a list. `moments` are the times of change of its items, in its own order."""

    items: Sequence[Any]
    moments: Sequence[datetime]
    link: str | None

    @property
    def last(self) -> datetime | None:
        return self.moments[-1] if self.moments else None

    def ascends_from(self, asked: datetime | None) -> bool:
        """It begins where it was asked to, and is in order."""
        begins = asked is None or not self.moments or self.moments[0] >= asked
        return begins and list(self.moments) == sorted(self.moments)

    def goes_beyond(self, second: datetime) -> bool:
        return self.last is not None and self.last > second

    def ids_at(self, second: datetime | None) -> list[Any]:
        objects = (item for item in self.items if isinstance(item, Mapping))
        return [item.get("id") for item in objects if _time(item.get("updated_at")) == second]


class _Installation:
    """The credentials of a GitHub App: a token of one hour, asked for when needed and renewed before it ends."""

    def __init__(self, app: App, http: Callable[[Callable[[], Mapping[str, str]]], Http]) -> None:
        self._app = app
        self._http = http(self._as_app)
        self._token = ""
        self._ends = 0.0

    def headers(self) -> dict[str, str]:
        if time.time() > self._ends - 300:
            self._ask()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> None:
        self._ends = 0.0

    def _ask(self) -> None:
        answer = self._http.post(f"/app/installations/{self._app.installation}/access_tokens")
        self._http.close()
        data = _mapping(answer.data)
        ends = _time(data.get("expires_at"))
        if not isinstance(data.get("token"), str) or ends is None:
            raise SourceError(
                "GitHub gave no token for the App's installation; check `app.installation`.", permanent=True
            )
        self._token, self._ends = data["token"], ends.timestamp()

    def _as_app(self) -> dict[str, str]:
        if jwt is None:
            raise SourceError(
                "A GitHub App needs pyjwt: install leafnotes with the extra `github-app`.", permanent=True
            )
        now = int(time.time())
        claims = {"iat": now - 60, "exp": now + 540, "iss": str(self._app.id)}
        try:
            signed = jwt.encode(claims, self._app.private_key.get_secret_value(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise SourceError("`app.private_key` is not a private key in PEM form.", permanent=True) from None
        return {"Authorization": f"Bearer {signed}"}


def _http(options: GitHubOptions, base_dir: Path, limiters: Limiters) -> Http:
    """The seam to GitHub, with the credentials of the options."""
    secret = "" if options.token is None else options.token.get_secret_value().strip()
    who = f"app:{options.app.id}:{options.app.installation}" if options.app is not None else secret
    limiter = limiters(limits.fingerprint(options.base_url, who))
    common = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

    def made(credentials: Callable[[], Mapping[str, str]], renew: Callable[[], None] | None = None) -> Http:
        return Http(
            options.base_url,
            headers=lambda: {**common, **credentials()},
            limiter=limiter,
            insecure=options.insecure,
            ca_file=None if options.ca_file is None else base_dir / options.ca_file,
            renew=renew,
        )

    if options.app is not None:
        installation = _Installation(options.app, made)
        return made(installation.headers, installation.renew)
    return made(lambda: {"Authorization": f"Bearer {secret}"} if secret else {})


def _concerns_all(error: SourceError) -> bool:
    """A limit or a refused credential: the other repositories would be refused too."""
    return error.retry_after is not None or (isinstance(error, HttpError) and error.status == 401)


def _together(failures: Sequence[tuple[str, SourceError]], *, of: int) -> SourceError:
    """One error for all: permanent only if nothing can be read, or a source with one bad name would fall silent."""
    permanent = all(error.permanent for _, error in failures) and (
        len(failures) == of or _concerns_all(failures[-1][1])
    )
    waits = [error.retry_after for _, error in failures if error.retry_after is not None]
    message = "; ".join(f"{repo}: {error}" for repo, error in failures)
    return SourceError(message, permanent=permanent, retry_after=max(waits, default=None))


def _visible(repo: str, answer: Answer) -> list[str]:
    data = _mapping(answer.data)
    problems = []
    name = str(data.get("full_name", repo))
    if name.casefold() != repo.casefold():
        problems.append(
            f"{repo} is called {name} now. It is still read under its old name; if you rename it in `repos:`, "
            "its issues are read anew under the new one."
        )
    if data.get("has_issues") is False:
        problems.append(f"{repo} has its issues switched off; leave it out of `repos:`.")
    return problems


def _clock(answer: Answer, now: float) -> list[str]:
    try:
        offset = now - parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError:
        return []
    if abs(offset) < 60:
        return []
    way = "ahead of" if offset > 0 else "behind"
    return [
        f"This machine's clock is {abs(offset):.0f} s {way} GitHub's. Set it right (NTP), or tokens may be refused."
    ]


def _expiry(answer: Answer, now: float) -> list[str]:
    """Personal tokens end; GitHub says when with each answer."""
    said = answer.headers.get("github-authentication-token-expiration", "")
    try:
        days = (datetime.fromisoformat(said.replace(" UTC", "+00:00")).timestamp() - now) / 86_400
    except ValueError:
        return []
    return [f"The token expires in {days:.0f} days ({said}). Make a new one in time."] if days < 14 else []


def _listing(answer: Answer) -> _Listing:
    if not isinstance(answer.data, list):
        raise SourceError(f"GET {answer.url.partition('?')[0]} did not give a list. Is `base_url` right?")
    times = (_time(item.get("updated_at")) for item in answer.data if isinstance(item, Mapping))
    return _Listing(answer.data, [at for at in times if at is not None], answer.link("next"))


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _time(value: object) -> datetime | None:
    """A moment of GitHub's, in whole seconds."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def _cursor_time(value: object) -> datetime | None:
    at = _time(value)
    if at is None and value is not None:
        raise SourceError(
            f"the cursor holds {value!r:.40}, which is not a time; reset this source's cursor", permanent=True
        )
    return at


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: object) -> str | None:
    """Text that a database takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _labels(value: object) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else []
    names = (_text(entry.get("name") if isinstance(entry, Mapping) else entry) for entry in entries)
    return tuple(name for name in names if name)


def _kind(item: Raw, labels: Sequence[str]) -> str | None:
    """GitHub's own word: its issue type, else a label that is one."""
    if "pull_request" in item:
        return "pull request"
    named = item.get("type")
    if isinstance(named, Mapping) and _text(named.get("name")):
        return _text(named["name"])
    return next((match[1] for label in labels if (match := KIND_LABEL.match(label))), None)


def _login(item: Raw) -> str | None:
    user = item.get("user")
    return _text(user.get("login")) if isinstance(user, Mapping) else None


def _role(item: Raw) -> Role:
    user = item.get("user")
    if not isinstance(user, Mapping):
        return "unknown"
    if user.get("type") == "Bot" or str(user.get("login", "")).endswith("[bot]"):
        return "bot"
    association = item.get("author_association")
    if association in STAFF:
        return "staff"
    return "customer" if association in PUBLIC_AUTHORS else "unknown"
