"""GitHub: the issues of several repositories, and what people said on them.

Without `state=all` the list shows open issues only, and pull requests are among them. Two feeds a repository: its
issues, then its comments. Deep pages are refused (422), and links lead to another path than the one that was asked, so
each page is asked anew by time, and GitHub's own links are followed only within one second.
"""

import hmac
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors import limits
from connectors.base import BadItem, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from connectors.feed import Feed, Listing
from connectors.http import Answer, Http, HttpError
from connectors.profile import SourceProfile
from connectors.rest import RestConnector, RestOptions, clock, concerns_all, secret, together
from connectors.values import OBJECT, at, kind_label, mapping, moment, names, objects, text, whole
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Remark, Role

PUBLIC: Final = "https://api.github.com"
Part = Literal["issue", "comment"]
LISTS: Final[Mapping[Part, str]] = {"issue": "/repos/{}/issues", "comment": "/repos/{}/issues/comments"}
COMMENT_PAGES: Final = 20
"""Of an issue's comments that are looked through for one of ours."""
STAFF: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
PUBLIC_AUTHORS: Final = frozenset({"NONE", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR"})


class App(BaseModel):
    """A GitHub App's identity; its tokens live for an hour and are renewed by themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int | str = Field(description="the App's id or client id")
    private_key: SecretStr = Field(description="the App's private key (PEM), as ${ENV_NAME} or file:PATH")
    installation: int = Field(description="the id of its installation in your organisation")


class GitHubOptions(RestOptions):
    repos: list[str] = Field(min_length=1, description="owner/name, as many as you like")
    base_url: str = Field(default=PUBLIC, description="for GitHub Enterprise Server: https://HOST/api/v3")
    token: SecretStr | None = Field(default=None, description="a personal access token that may read issues")
    app: App | None = Field(default=None, description="instead of a token: id, private_key and installation of an App")
    pull_requests: bool = Field(default=False, description="read pull requests too, and what is said on them")
    per_page: int = Field(default=100, ge=1, le=100, description="items a request; fewer where answers are too large")

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


class GitHub(RestConnector[GitHubOptions]):
    """Raw items are `{"repo": the configured name, "issue" or "comment": the item as GitHub gave it}`."""

    kind: ClassVar[str] = "github"
    summary: ClassVar[str] = "issues and comments of GitHub repositories, on github.com or your own server"
    Options: ClassVar[type[SourceOptions]] = GitHubOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.github:GitHubDialect"
    profile: ClassVar[SourceProfile] = SourceProfile(
        cursor="updated_at",
        page_size=100,
        window=40_000,
        widening={"state": "without state=all the list shows open issues only"},
        tombstones="census",
        redact=("performed_via_github_app",),
    )

    @classmethod
    def connect(cls, options: GitHubOptions, base_dir: Path) -> Http:
        """The seam to GitHub, with the credentials of the options."""
        who = f"app:{options.app.id}:{options.app.installation}" if options.app else secret(options.token)
        limiter = limits.shared(limits.fingerprint(options.base_url, who))
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
        return made(lambda: cls.headers(options))

    def feeds(self) -> Sequence[Feed]:
        return [self._feed(repo, part) for repo in self.options.repos for part in self._parts]

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Each repository in turn. One that cannot be read stops no other; it is named when the rest is done."""
        reached: dict[str, Mapping[str, str]] = {name: dict(mark) for name, mark in cursor.items()}
        failures: list[tuple[str, SourceError]] = []
        for repo in self.options.repos:
            try:
                for part in self._parts:
                    feed = self._feed(repo, part)
                    for items, mark in feed.follow(reached.get(feed.name, {}), self.clock()):
                        reached[feed.name] = mark
                        yield _page(repo, part, items, dict(reached))
            except SourceError as error:
                failures.append((repo, error))
                if concerns_all(error):
                    break
        if failures:
            raise together(failures, of=len(self.options.repos))

    def normalise(self, raw: Raw) -> Issue | Remark | None:
        repo = text(raw.get("repo"))
        if repo is None:
            raise BadItem("this is not an item that the github connector gave: `repo` is missing")
        if "comment" in raw:
            return self._remark(repo, mapping(raw["comment"]))
        return self._issue(repo, mapping(raw.get("issue")))

    def known_as(self, raw: Raw) -> str | None:
        repo, number, comment = text(raw.get("repo")), text(at(raw, "issue", "number")), text(at(raw, "comment", "id"))
        if repo is None or (number is None and comment is None):
            return None
        return f"{repo}#{number}" if number is not None else f"{repo}: comment {comment}"

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """GitHub signs the body and no time, so that an old delivery is known only by its id."""
        given = headers.get("x-hub-signature-256", "").encode("utf-8", "replace")
        made = [hmac.new(key.encode(), body, sha256).hexdigest() for key in secrets if key]
        genuine = [hmac.compare_digest(given, f"sha256={one}".encode()) for one in made]
        return headers.get("x-github-delivery") or None if any(genuine) else None

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
                if concerns_all(error):
                    break
            else:
                problems += _visible(repo, last)
        return problems + ([] if last is None else clock(last, "GitHub") + _expiry(last, time.time()))

    def census(self) -> Iterator[str]:
        """Every issue that exists. Raises `SourceError` rather than leave out a repository that it cannot see."""
        for repo in self.options.repos:
            self._must_have_issues(repo)
            for items, _ in self._feed(repo, "issue").walk(None):
                for item in items:
                    if isinstance(item, Mapping) and self._wanted(item) and "number" in item:
                        yield f"{repo}#{item['number']}"

    def answered(self, external_id: str, mark: str) -> bool:
        repo, _, number = external_id.rpartition("#")
        asked = self.http.get(f"/repos/{repo}/issues/{number}/comments", {"per_page": 100})
        for _ in range(COMMENT_PAGES):
            if any(mark in str(at(comment, "body")) for comment in objects(asked.data)):
                return True
            link = asked.link("next")
            if link is None:
                return False
            asked = self.http.get(link)
        return False

    def answer(self, external_id: str, text: str, mark: str) -> None:
        repo, _, number = external_id.rpartition("#")
        self.http.post(f"/repos/{repo}/issues/{number}/comments", {"body": f"{text}\n\n<!-- {mark} -->"})

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

    @property
    def _parts(self) -> Sequence[Part]:
        return ("issue", "comment") if self.options.comments else ("issue",)

    def _feed(self, repo: str, part: Part) -> Feed:
        return self.feed(f"{repo} {part}s", partial(self._read, repo, part), "updated_at")

    def _read(self, repo: str, part: Part, since: datetime | None, link: Any) -> Listing:
        if link is not None:
            return _listing(self._follow(repo, link, since))
        params: dict[str, str | int] = {"sort": "updated", "direction": "asc", "per_page": self.options.per_page}
        if part == "issue":
            params = {"state": "all", **params}
        if since is not None:
            params["since"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        return _listing(self.http.get(LISTS[part].format(repo), params))

    def _follow(self, repo: str, link: str, second: datetime | None) -> Answer:
        try:
            return self.http.get(link)
        except HttpError as error:
            if error.status != 422:
                raise
            told = f"GitHub refuses to list further ({error.reason})"
            if second is not None:
                told += (
                    f", and too many items changed in the one second {second:%Y-%m-%dT%H:%M:%SZ} to go on from a "
                    "later one. Change some of them, a label will do, so that they move on"
                )
            raise SourceError(f"{repo}: {told}.", permanent=True) from None

    def _must_have_issues(self, repo: str) -> Raw:
        """The repository as GitHub knows it today; `SourceError` where its issues cannot be seen at all."""
        data = mapping(self.http.get(f"/repos/{repo}").data)
        if data.get("has_issues") is False:
            raise SourceError(f"{repo} has its issues switched off; leave it out of `repos:`.", permanent=True)
        return data

    def _wanted(self, item: Raw) -> bool:
        return self.options.pull_requests or "pull_request" not in item

    def _issue(self, repo: str, item: Raw) -> Issue | None:
        if not self._wanted(item):
            return None
        number, title = whole(item.get("number")), text(item.get("title"))
        created = moment(item.get("created_at"))
        if number is None or title is None or created is None:
            raise BadItem(f"an issue of {repo} lacks its number, title or created_at")
        labels = names(item.get("labels"))
        kind = _kind(item, labels)
        closed = moment(item.get("closed_at"))
        history = [Event(at=created, what="created")]
        if closed is not None:
            history.append(Event(at=closed, what="closed", after=text(item.get("state_reason"))))
        return Issue(
            source=self.options.name,
            external_id=f"{repo}#{number}",
            title=clean(title, "plain"),
            body=clean(text(item.get("body")) or "", "markdown"),
            url=text(item.get("html_url")),
            created_at=created,
            updated_at=moment(item.get("updated_at")) or created,
            closed_at=closed,
            state="closed" if item.get("state") == "closed" else "open",
            kind=kind,
            author=text(at(item, "user", "login")),
            author_role=_role(item),
            labels=labels,
            project=repo,
            tags=tags_for(self.options, [*labels, kind]),
            history=tuple(history),
        )

    def _remark(self, repo: str, item: Raw) -> Remark | None:
        if not self.options.pull_requests and "/pull/" in str(item.get("html_url", "")):
            return None
        number, key = whole(str(item.get("issue_url")).rpartition("/")[2]), text(item.get("id"))
        created = moment(item.get("created_at"))
        if number is None or key is None or created is None:
            raise BadItem(f"a comment of {repo} lacks its id, issue_url or created_at")
        comment = Comment(
            external_id=key,
            author=text(at(item, "user", "login")),
            author_role=_role(item),
            body=clean(text(item.get("body")) or "", "markdown"),
            created_at=created,
        )
        return Remark(issue=f"{repo}#{number}", comment=comment)


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
        data = mapping(answer.data)
        ends = moment(data.get("expires_at"))
        if not isinstance(data.get("token"), str) or ends is None:
            raise SourceError(
                "GitHub gave no token for the App's installation; check `app.installation`.", permanent=True
            )
        self._token, self._ends = data["token"], ends.timestamp()

    def _as_app(self) -> dict[str, str]:
        try:
            import jwt  # 20 MB, and only GitHub Apps sign anything
        except ImportError:
            raise SourceError(
                "A GitHub App needs pyjwt: install leafnotes with the extra `github-app`.", permanent=True
            ) from None
        now = int(time.time())
        claims = {"iat": now - 60, "exp": now + 540, "iss": str(self._app.id)}
        try:
            signed = jwt.encode(claims, self._app.private_key.get_secret_value(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise SourceError("`app.private_key` is not a private key in PEM form.", permanent=True) from None
        return {"Authorization": f"Bearer {signed}"}


def _page(repo: str, part: Part, items: Sequence[Any], cursor: Cursor) -> Page:
    good = [{"repo": repo, part: item} for item in items if isinstance(item, Mapping)]
    odd = [item for item in items if not isinstance(item, Mapping)]
    return Page(
        items=good, cursor=cursor, problems=[(f"{repo}: {part}", f"{item!r:.80} is not an object") for item in odd]
    )


def _visible(repo: str, answer: Answer) -> list[str]:
    data = mapping(answer.data)
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


def _expiry(answer: Answer, now: float) -> list[str]:
    """Personal tokens end; GitHub says when with each answer."""
    said = answer.headers.get("github-authentication-token-expiration", "")
    try:
        days = (datetime.fromisoformat(said.replace(" UTC", "+00:00")).timestamp() - now) / 86_400
    except ValueError:
        return []
    return [f"The token expires in {days:.0f} days ({said}). Make a new one in time."] if days < 14 else []


def _listing(answer: Answer) -> Listing:
    if not isinstance(answer.data, list):
        raise SourceError(f"GET {answer.url.partition('?')[0]} did not give a list. Is `base_url` right?")
    return Listing(answer.data, answer.link("next"))


def _kind(item: Raw, labels: Sequence[str]) -> str | None:
    """GitHub's own word: its issue type, else a label that is one."""
    if "pull_request" in item:
        return "pull request"
    return text(at(item, "type", "name")) or kind_label(labels)


def _role(item: Raw) -> Role:
    user = item.get("user")
    if not isinstance(user, OBJECT):
        return "unknown"
    if user.get("type") == "Bot" or str(user.get("login")).endswith("[bot]"):
        return "bot"
    association = text(item.get("author_association"))
    if association in STAFF:
        return "staff"
    return "customer" if association in PUBLIC_AUTHORS else "unknown"
