"""The words that describe a desk in sources.yaml, and which of them fit together: the options of `kind: rest`."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.errors import SourceError
from connectors.http import Answer, joined
from connectors.profile import SourceProfile
from connectors.rest import RestOptions
from connectors.values import at, mapping, text, whole
from pipeline.clean import Markup
from pipeline.issue import Role

TOKEN: Final = "{token}"  # noqa: S105
SINCE: Final = "{since}"
ID: Final = "{external_id}"
EMPTY_PAGES: Final = 20
"""So many empty pages that promise another one are a description that is wrong."""
_PLACE: Final = re.compile(r"\{[^{}]*\}")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"})
_UNITS: Final = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NO: Final = frozenset({"", "false", "no", "0", "none", "null"})

Way = Annotated[str, Field(pattern=r"^[^.]+(\.[^.]+)*$")]
"""Dotted way into an answer: `author.name`, `rows.0.id`."""
Path_ = Annotated[str, Field(pattern=r"^/[^\s?#]*$")]


class Part(BaseModel):
    """A group of keys of a description."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Basic(Part):
    user: str = Field(default=TOKEN, description="the user name, or {token}")
    password: str = Field(default=TOKEN, description="{token}, or what the desk wants beside a token as the user name")

    @model_validator(mode="after")
    def _takes_the_token(self) -> Self:
        if TOKEN not in (self.user, self.password):
            raise ValueError(f"the secret belongs into `token`: write {TOKEN} as `user` or as `password`")
        return self


class Auth(Part):
    header: str = Field(default="Authorization", description="the header that carries the credential")
    value: str = Field(
        default=f"Bearer {TOKEN}", description="what the header says; {token} stands for the secret in `token`"
    )
    basic: Basic | None = Field(default=None, description="user and password instead of `header` and `value`")

    @field_validator("header")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        return _header_name(name)

    @field_validator("value")
    @classmethod
    def _takes_the_token(cls, value: str) -> str:
        if _PLACE.findall(value) != [TOKEN]:
            raise ValueError(f"it must hold {TOKEN} once, which stands for the secret in `token`, and no other braces")
        return value

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.basic is not None and self.model_fields_set & {"header", "value"}:
            raise ValueError("write either `basic`, or `header` and `value`")
        return self


class Since(Part):
    param: str = Field(min_length=1, description="the parameter that leaves out what changed before a moment")
    format: str = Field(
        default="iso",
        description="how the moment is written: iso, epoch, epoch_ms, or a pattern in UTC as %Y-%m-%d %H:%M",
    )
    value: str = Field(default=SINCE, description='what the parameter says, as ">={since}"')
    beginning: AwareDatetime | None = Field(
        default=None, description="what is sent when everything is wanted; left out, the parameter is not sent then"
    )

    @field_validator("format")
    @classmethod
    def _is_known(cls, form: str) -> str:
        if form not in ("iso", "epoch", "epoch_ms") and "%" not in form:
            raise ValueError(f"{form!r} is none of iso, epoch, epoch_ms, and no pattern as %Y-%m-%d %H:%M")
        return form

    @field_validator("value")
    @classmethod
    def _takes_the_moment(cls, value: str) -> str:
        if _PLACE.findall(value) != [SINCE]:
            raise ValueError(f"it must hold {SINCE} once, which stands for the moment, and no other braces")
        return value

    def said(self, moment: datetime, tick: timedelta) -> str:
        """The moment as the desk wants to read it."""
        return self.value.replace(SINCE, self.written(moment, tick))

    def written(self, moment: datetime, tick: timedelta) -> str:
        if self.format == "epoch":
            return str(int(moment.timestamp()))
        if self.format == "epoch_ms":
            return str((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
        if self.format == "iso":
            fine = "milliseconds" if tick % timedelta(seconds=1) else "seconds"
            return moment.astimezone(UTC).isoformat(timespec=fine).replace("+00:00", "Z")
        return moment.astimezone(UTC).strftime(self.format)

    def read(self, said: str) -> datetime:
        """The moment that `said` stands for. Raises `ValueError`."""
        before, _, after = self.value.partition(SINCE)
        written = said.removeprefix(before).removesuffix(after)
        if self.format == "iso":
            return datetime.fromisoformat(written)
        if self.format in ("epoch", "epoch_ms"):
            return datetime.fromtimestamp(int(written) / (1000 if self.format == "epoch_ms" else 1), UTC)
        found = datetime.strptime(written, self.format)  # noqa: DTZ007
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def tells(self, tick: timedelta) -> bool:
        """Whether moments that are a tick apart are written differently."""
        one = datetime(2026, 3, 4, tzinfo=UTC)
        one += tick * (timedelta(hours=13, minutes=7, seconds=9, milliseconds=123) // tick)
        try:
            return self.read(self.said(one, tick)) == one
        except ValueError:
            return False


class Paging(Part):
    by: Literal["number", "offset", "link", "next", "none"] = Field(
        description="number, offset, link (the Link header), next (a token or an address in the answer), or none: "
        "one answer holds everything"
    )
    param: str | None = Field(default=None, description="the parameter for the page, the offset, or the token")
    size_param: str | None = Field(default=None, description="the parameter for how many items a page shall hold")
    first: int = Field(default=1, ge=0, le=1, description="the number of the first page: 1 or 0")
    more: Way | None = Field(default=None, description="where the answer says whether more follows: true or false")
    total: Way | None = Field(default=None, description="where the answer says how many items there are in all")
    next: Way | None = Field(default=None, description="where the answer holds the next page's token or address")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        fitting = {
            "number": {"param", "size_param", "first", "more", "total"},
            "offset": {"param", "size_param", "more", "total"},
            "link": {"size_param"},
            "next": {"param", "size_param", "more", "next"},
            "none": set[str](),
        }[self.by] | {"by"}
        odd = sorted(self.model_fields_set - fitting)
        if odd:
            known = ", ".join(f"`{name}`" for name in sorted(fitting - {"by"})) or "nothing else"
            raise ValueError(f"`{odd[0]}` has no meaning with `by: {self.by}`, which takes {known}")
        needed = {"number": "param", "offset": "param", "next": "next"}.get(self.by)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"`by: {self.by}` needs `{needed}`: {type(self).model_fields[needed].description}")
        return self

    def asked(self, size: int, position: Mapping[str, Any]) -> dict[str, str | int]:
        """The parameters of one page; an empty position is the first."""
        given: dict[str, str | int] = {self.size_param: size} if self.size_param else {}
        if self.by == "number" and self.param:
            given[self.param] = position.get("page", self.first)
        elif self.by == "offset" and self.param:
            given[self.param] = position.get("offset", 0)
        elif self.param and "token" in position:
            given[self.param] = position["token"]
        return given

    def following(self, answer: Answer, count: int, size: int, position: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The position after a page of `count` items; None after the last. Raises `SourceError` for endless ones."""
        if self.by == "link":
            url = answer.link("next")
            return {"url": url} if url else None
        if self.by == "next":
            return self._named(answer)
        seen, empty = position.get("seen", 0) + count, 0 if count else position.get("empty", 0) + 1
        if self.by == "none" or not self._goes_on(answer.data, count, seen):
            return None
        if empty > EMPTY_PAGES:
            raise SourceError(
                f"{EMPTY_PAGES} empty pages in a row say that more follows. Is `page.more` right?", permanent=True
            )
        if self.by == "number":
            return {"page": position.get("page", self.first) + 1, "seen": seen, "empty": empty}
        return {"offset": position.get("offset", 0) + (count or size), "seen": seen, "empty": empty}

    def _named(self, answer: Answer) -> Mapping[str, Any] | None:
        if self.more is not None and has(answer.data, self.more) and not truth(way(answer.data, self.more)):
            return None
        name = text(way(answer.data, self.next))
        if name is None:
            return None
        return {"token": name} if self.param else {"url": joined(answer.url, name)}

    def _goes_on(self, data: object, count: int, seen: int) -> bool:
        """Where the answer does not say it, only an empty page is the last for certain: desks give fewer than asked."""
        if self.more is not None and has(data, self.more):
            return truth(way(data, self.more))
        total = whole(way(data, self.total)) if self.total else None
        return count > 0 and (total is None or seen < total)


class Listed(Part):
    path: Path_ = Field(description="the list's path below `base_url`, as /tickets")
    params: dict[str, str] = Field(
        default_factory=dict, description="what is always sent: the order, and what shows closed and old tickets too"
    )
    since: Since | None = Field(default=None, description="how only what changed lately is asked for")
    items: Way | None = Field(default=None, description="where the list is in the answer; left out, it is the answer")
    page: Paging = Field(description="how the list is paged")
    one: Path_ | None = Field(default=None, description="the path of one ticket, as /tickets/{external_id}")

    @field_validator("one")
    @classmethod
    def _names_the_ticket(cls, path: str | None) -> str | None:
        return None if path is None else _template(path)

    @model_validator(mode="after")
    def _can_say_it(self) -> Self:
        told = [name for name in ("more", "total", "next") if getattr(self.page, name) is not None]
        if told and self.items is None:
            raise ValueError(f"`page.{told[0]}` needs an answer that is an object: say in `items` where the list is")
        return self


class Deletions(Part):
    path: Path_ | None = Field(default=None, description="the path of the list of deleted tickets; left out, the same")
    params: dict[str, str] = Field(default_factory=dict, description="the parameters in which that list differs")

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if self.path is None and not self.params:
            raise ValueError("say in what the list of deleted tickets differs: its `path`, or `params`")
        return self


class Promises(Part):
    """`SourceProfile` as YAML."""

    cursor: Way | None = Field(
        default=None, description="the time by which the list is ordered and filtered; left out, fields.updated_at"
    )
    tick: str = Field(
        default="1s",
        pattern=r"^[1-9][0-9]*(ms|s|m)$",
        description="the shortest time that the filter tells apart, as 1s",
    )
    inclusive: bool = Field(default=True, description="whether `since` a moment gives what changed in that very moment")
    order: Literal["asc", "none"] = Field(
        default="asc", description="asc: oldest change first, and to be relied on; none: anything else"
    )
    page_size: int = Field(ge=1, le=10_000, description="the most items that an answer holds")
    window: int | None = Field(default=None, ge=1, description="how many items deep the desk pages; left out: no end")
    trail: str = Field(
        default="2m",
        pattern=r"^[0-9]+(ms|s|m|h|d)$",
        description="how late a change may appear in the list, as 2m",
    )
    tombstones: Literal["listed", "census", "none"] | None = Field(
        default=None,
        description="how deletions are found: listed (in a list), census (all tickets are counted now and then), none",
    )
    redact: list[str] = Field(
        default_factory=list, description="keys in tickets, at any depth, that are never archived"
    )

    @model_validator(mode="after")
    def _has_a_page(self) -> Self:
        if self.window is not None and self.window < self.page_size:
            raise ValueError("`window` is smaller than `page_size`: no page could be read")
        return self


class Fields(Part):
    """Our name: the dotted way to it in a ticket."""

    external_id: Way = Field(description="the id that never changes")
    title: Way = Field(description="the subject")
    created_at: Way = Field(description="when it was written: ISO 8601, or seconds or milliseconds since 1970")
    updated_at: Way = Field(description="when it last changed")
    body: Way | None = Field(default=None, description="what was written")
    state: Way | None = Field(default=None, description="the state, see `closed` and `deleted`")
    closed_at: Way | None = Field(default=None, description="when it was closed; left out, when it last changed")
    deleted: Way | None = Field(default=None, description="true, or the time of deletion, in a deleted ticket")
    author: Way | None = Field(default=None, description="who wrote it: the account name or id")
    role: Way | None = Field(default=None, description="what the author is, see `roles`")
    account: Way | None = Field(default=None, description="the company that a customer writes for")
    labels: Way | None = Field(default=None, description="names, objects with a name, or one text with commas")
    priority: Way | None = Field(default=None, description="the priority's name")
    kind: Way | None = Field(default=None, description="bug, incident, question...")
    project: Way | None = Field(default=None, description="the project or product, for org.yaml")
    group: Way | None = Field(default=None, description="the group that works on it, for org.yaml")
    component: Way | None = Field(default=None, description="the component, for org.yaml")
    url: str | None = Field(
        default=None, description="the way to its address for people, or that address with {external_id} in it"
    )

    @field_validator("url")
    @classmethod
    def _is_a_way_or_an_address(cls, url: str | None) -> str | None:
        if url is None or not ("{" in url or "//" in url):
            return url
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"an address begins with https://, as https://desk.example/t/{ID}")
        return _template(url)


class RemarkFields(Part):
    """Our name: the dotted way to it in a comment."""

    external_id: Way = Field(description="the comment's id")
    body: Way = Field(description="what was said")
    created_at: Way = Field(description="when it was said")
    author: Way | None = Field(default=None, description="who said it")
    role: Way | None = Field(default=None, description="what the author is, see `roles`")
    private: Way | None = Field(default=None, description="true in internal notes")
    public: Way | None = Field(default=None, description="true in what the customer can read; the rest is internal")


class Remarks(Part):
    path: Path_ | None = Field(default=None, description="where one ticket's are, as /tickets/{external_id}/comments")
    inside: Way | None = Field(default=None, description="where they are in the ticket itself")
    params: dict[str, str] = Field(default_factory=dict, description="what is always sent")
    items: Way | None = Field(default=None, description="where the list is in the answer; left out, it is the answer")
    page: Paging = Field(default=Paging(by="none"), description="how they are paged; left out: not at all")
    fields: RemarkFields = Field(description="our name: the way to it in a comment")

    @field_validator("path")
    @classmethod
    def _names_the_ticket(cls, path: str | None) -> str | None:
        return None if path is None else _template(path)

    @model_validator(mode="after")
    def _are_somewhere(self) -> Self:
        if (self.path is None) == (self.inside is None):
            raise ValueError("say where the comments are: `path`, or `inside` where they come with the ticket")
        return self


class DescribedOptions(RestOptions):
    auth: Auth = Field(default=Auth(), description="how the token is sent; left out: Authorization: Bearer")
    headers: dict[str, str] = Field(
        default_factory=dict, description="further headers that the desk wants, as an API version; never secrets"
    )
    tickets: Listed = Field(description="the list of tickets")
    deletions: Deletions | None = Field(default=None, description="the list of deleted tickets, where it is apart")
    profile: Promises = Field(description="what the list promises")
    fields: Fields = Field(description="our name: the dotted way to it in a ticket")
    closed: list[str] = Field(default_factory=list, description="the values of `state` that mean closed")
    deleted: list[str] = Field(default_factory=list, description="the values of `state` that mean deleted")
    author_role: Role = Field(default="unknown", description="who writes here: customer, staff, bot or unknown")
    roles: dict[Role, list[str]] = Field(
        default_factory=dict, description="which values of `role` mean customer, staff or bot"
    )
    markup: Markup = Field(default="markdown", description="how bodies are written: markdown, html, wiki or plain")
    remarks: Remarks | None = Field(default=None, description="what was said on tickets, and where it is")

    @field_validator("headers")
    @classmethod
    def _hold_no_secret(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if _header_name(name).lower() in _SECRET_HEADERS or TOKEN in value:
                raise ValueError(f"{name} carries a credential: describe it in `auth`, with the secret in `token`")
        return headers

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for problem in _disagreements(self):
            raise ValueError(problem)
        return self

    @property
    def tombstones(self) -> Literal["listed", "census", "none"]:
        listed = self.deleted or self.deletions or self.fields.deleted
        return self.profile.tombstones or ("listed" if listed else "none")

    @property
    def cursor(self) -> str:
        return self.profile.cursor or self.fields.updated_at

    def promised(self) -> SourceProfile:
        """The profile that the description amounts to."""
        return SourceProfile(
            cursor=self.cursor,
            tick=_span(self.profile.tick),
            inclusive=self.profile.inclusive,
            order=self.profile.order,
            page_size=self.profile.page_size,
            window=self.profile.window,
            trail=_span(self.profile.trail),
            widening={name: f"{value}: sent with every request" for name, value in self.tickets.params.items()},
            tombstones=self.tombstones,
            redact=tuple(self.profile.redact),
        )


def way(value: object, path: str | None) -> Any:
    """What lies at a dotted way; None where it ends, or where there is no way."""
    if path is None:
        return None
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        else:
            value = at(value, int(step)) if step.isascii() and step.isdigit() else None
    return value


def listed(data: object, items: str | None) -> list[Any] | None:
    """The list in an answer, which is the answer itself where nothing else is said; None where it is no list."""
    found = data if items is None else way(data, items)
    return found if isinstance(found, list) else None


def truth(value: object) -> bool:
    """Whether a flag is set, however the desk writes it."""
    return value.strip().casefold() not in _NO if isinstance(value, str) else bool(value)


def has(value: object, path: str) -> bool:
    """Whether the last key of a dotted way is there, whatever it holds."""
    parent, _, key = path.rpartition(".")
    return key in mapping(way(value, parent) if parent else value)


def _disagreements(options: DescribedOptions) -> Iterator[str]:
    """Keys that are each right and do not fit together."""
    fields, since, profile = options.fields, options.tickets.since, options.profile
    tick = _span(profile.tick)
    if fields.state is not None and not options.closed:
        yield "`fields.state` is named, and not which of its values mean closed: add `closed: [...]`"
    if fields.state is None and (options.closed or options.deleted):
        yield "`closed` and `deleted` are values of the state: say in `fields.state` where that is"
    if fields.role is None and options.roles and not (options.remarks and options.remarks.fields.role):
        yield "`roles` are values of a field: say in `fields.role` or `remarks.fields.role` where that is"
    if since is None and profile.order != "none":
        yield "without `tickets.since` nothing can be asked by time: describe it, or write `order: none` in `profile`"
    if since is not None and not since.tells(tick):
        yield f"`tickets.since.format` cannot tell moments {profile.tick} apart: make `profile.tick` longer"
    known_by = options.deleted or options.deletions or fields.deleted
    if profile.tombstones == "listed" and not known_by:
        yield "`tombstones: listed` needs `deleted`, `fields.deleted` or `deletions`: what a deleted ticket is known by"
    if profile.tombstones == "census" and options.tickets.one is None:
        yield "`tombstones: census` needs `tickets.one`, where one ticket is looked at before it counts as gone"
    if options.webhook_secrets:
        yield "`webhook_secrets`: no webhooks are read from a desk that is described, the poll finds everything"
    if options.auth != Auth() and options.token is None:
        yield "`auth` says how the token is sent, and there is no `token`"


def _template(path: str) -> str:
    if _PLACE.findall(path) != [ID] or path.count("{") != 1:
        raise ValueError(f"it must hold {ID} once, which stands for the ticket's id, and no other braces")
    return path


def _header_name(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a header")
    return name


def _span(told: str) -> timedelta:
    number = told.rstrip("msdh")
    return timedelta(**{_UNITS[told.removeprefix(number)]: int(number)})
