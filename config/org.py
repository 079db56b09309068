"""People, teams and claims as org.yaml has them, and edges that hold for a time. No file is read here.

Fields have the names of `pipeline.org`.
"""

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

MAILBOX = r"[^@\s<>,;\x00-\x1f\x7f]+@[^@\s<>,;\x00-\x1f\x7f]+"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{name!r} is not a time zone; write its name, as Europe/Berlin") from None
    return name


def _bare_address(text: str) -> str:
    if not re.fullmatch(MAILBOX, text):
        raise ValueError(f"{text!r} is not a bare e-mail address; write name@example.org alone")
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Language = Literal["en", "de"]
"""Those of `pipeline/digest/locales`, and English."""
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^\S(.*\S)?$")]
"""One line of text without blanks at its ends."""


class Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def section(value: Any) -> Any:
    """A section whose keys are all commented out keeps its defaults."""
    return {} if value is None else value


def items(value: Any) -> Any:
    """A list whose entries are all commented out is empty."""
    return [] if value is None else value


def _day(value: Any) -> Any:
    """A date as text alone: a number would be taken for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"{value!r} is not a date; write it as 2026-12-24")
    return value


Day = Annotated[date, BeforeValidator(_day)]


class Dated(Values):
    """One of several leaders, parents or teams, and when: from the first day on, until before the last."""

    id: Id = Field(description="the id of the person or team")
    from_: Day | None = Field(None, alias="from", description="the first day on which it holds, as 2026-09-01")
    until: Day | None = Field(None, description="the first day on which it holds no more, as 2026-12-01")

    def holds(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)


def _in_order(dated: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """By their first days. Raises ValueError where two hold on the same day."""
    ordered = tuple(sorted(dated, key=lambda edge: edge.from_ or date.min))
    for edge in ordered:
        if edge.from_ and edge.until and edge.from_ >= edge.until:
            raise ValueError(f"{edge.id} ends on {edge.until}, before it begins; `until` is the first day without it")
    for one, other in pairwise(ordered):
        if one.until is None or other.from_ is None or one.until > other.from_:
            raise ValueError(
                f"{one.id} and {other.id} hold at the same time; end one with `until:` where another begins"
            )
    return ordered


def _form(value: Any) -> str:
    return "dated" if isinstance(value, list | tuple) else "one"


Edge = Annotated[
    Annotated[Id, Tag("one")] | Annotated[tuple[Dated, ...], AfterValidator(_in_order), Tag("dated")],
    Discriminator(_form),
]
"""The id of a leader, parent or team; or a list of them that says when each holds."""


def held(edge: str | tuple[Dated, ...] | None, day: date) -> str | None:
    """Whom or what an edge leads to on a day."""
    if not isinstance(edge, tuple):
        return edge
    return next((one.id for one in edge if one.holds(day)), None)


class ClaimEntry(Values):
    """One line of `owns` or `hears`: every key that is set must match."""

    source: Words | None = Field(None, description="the name of a source in sources.yaml")
    project: Words | None = Field(None, description="a repository, a Jira project, a product")
    label: Words | None = Field(None, description="a label or tag of the issue")
    component: Words | None = Field(None, description="a component of the project")
    group: Words | None = Field(None, description="the group or queue of a support desk")
    path: Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=200)] | None = Field(
        None, description="a pattern over files that the issue names, as src/billing/*"
    )

    @model_validator(mode="after")
    def _claims_something(self) -> "ClaimEntry":
        if not any((self.source, self.project, self.label, self.component, self.group, self.path)):
            raise ValueError("claims nothing; name at least a source, project, label, component, group or path")
        return self


class PersonEntry(Values):
    id: Id = Field(description="letters, digits, dots, dashes and underscores; commands and file names use it")
    name: Words | None = Field(None, description="how mails greet them")
    email: Annotated[str, AfterValidator(_bare_address)] | None = Field(None, description="where their mail goes")
    timezone: Zone | None = Field(None, description="their own zone, where it is not the organisation's")
    language: Language | None = Field(
        None, description="the language of their mails, where it is not the organisation's"
    )
    team: Edge | None = Field(None, description="the id of the team that they belong to")
    accounts: Annotated[dict[str, Words], BeforeValidator(section)] = Field(
        default_factory=dict, description="source name: their account there"
    )


class TeamEntry(Values):
    id: Id = Field(description="letters, digits, dots, dashes and underscores; org.yaml refers to it")
    name: Words = Field(default_factory=lambda data: data.get("id", ""), description="the name that mails show")
    parent: Edge | None = Field(None, description="the id of the team above")
    leader: Edge | None = Field(None, description="the id of the person who leads it")
    size: int | None = Field(None, ge=0, description="how many people it has, where they are not listed")
    owns: Annotated[tuple[ClaimEntry, ...], BeforeValidator(items)] = Field((), description="what belongs to it")
    hears: Annotated[tuple[ClaimEntry, ...], BeforeValidator(items)] = Field(
        (), description="what reaches its people first, though others fix it"
    )


class OrgFile(Values):
    """org.yaml. `load` sees that ids are there once and no teams above each other in a circle; `pipeline.org_check`
    that ids refer to each other."""

    people: Annotated[tuple[PersonEntry, ...], BeforeValidator(items)] = ()
    teams: Annotated[tuple[TeamEntry, ...], BeforeValidator(items)] = ()
    fallback: Id = Field(description="the id of the team that gets what nobody owns")


class Origin(Values):
    """Where an imported chart came from."""

    kind: Words = Field(description="the kind of import, as csv")
    files: tuple[Words, ...] = Field((), description="the files that were read")
    at: Words = Field(description="when it was imported, as 2026-09-21T09:00:00+00:00")


class ImportedFile(Values):
    """A file of org.d. `leafnotes org import` writes it; what org.yaml says of the same people and teams wins."""

    imported: Origin = Field(description="where it came from")
    people: Annotated[tuple[PersonEntry, ...], BeforeValidator(items)] = ()
    teams: Annotated[tuple[TeamEntry, ...], BeforeValidator(items)] = ()


Part = OrgFile | ImportedFile


def merged(org: OrgFile, imports: Iterable[ImportedFile]) -> OrgFile:
    """One chart of all. A key that an earlier file writes wins; accounts and claims are put together, where no team of
    org.yaml has the same claim, or an empty `owns`.

    An imported person with the address or an account of one who is known is that one, whatever id the import gives.
    """
    imports = list(imports)
    if not imports:
        return org
    people, teams = _People(), {team.id: team for team in org.teams}
    owning_nothing = {team.id for team in org.teams if "owns" in team.model_fields_set and not team.owns}
    by_hand = {claim: team.id for team in org.teams for claim in team.owns}
    for person in org.people:
        people.add(person)
    for part in imports:
        known_as = {person.id: people.add(person) for person in part.people}
        for team in part.teams:
            found = _of_import(team, by_hand, known_as)
            first = teams.get(team.id)
            teams[team.id] = found if first is None else _both(first, found, owns=team.id not in owning_nothing)
    return org.model_copy(update={"people": tuple(people.all.values()), "teams": tuple(teams.values())})


def _of_import(team: TeamEntry, by_hand: dict[ClaimEntry, str], known_as: dict[str, str]) -> TeamEntry:
    """An imported team without what somebody gave to another by hand, its leaders under the ids that they have here."""
    said: dict[str, Any] = {"owns": tuple(claim for claim in team.owns if by_hand.get(claim, team.id) == team.id)}
    if team.leader is not None:
        said["leader"] = _renamed(team.leader, known_as)
    return team.model_copy(update=said)


class _People:
    """Those who are known so far: by id, by address, by account."""

    def __init__(self) -> None:
        self.all: dict[str, PersonEntry] = {}
        self._by_mail: dict[str, str] = {}
        self._by_account: dict[tuple[str, str], str] = {}

    def add(self, person: PersonEntry) -> str:
        """The id under which this person is known from now on."""
        mail = person.email.casefold() if person.email else None
        accounts = list(person.accounts.items())
        same = [self._by_mail.get(mail)] if mail else []
        same += [self._by_account.get(account) for account in accounts]
        name = person.id if person.id in self.all else next(filter(None, same), person.id)
        first = self.all.get(name)
        self.all[name] = person if first is None else _both_people(first, person)
        if mail:
            self._by_mail.setdefault(mail, name)
        for account in accounts:
            self._by_account.setdefault(account, name)
        return name


def _both_people(first: PersonEntry, other: PersonEntry) -> PersonEntry:
    said = {key: getattr(other, key) for key in other.model_fields_set - first.model_fields_set}
    return first.model_copy(update=said | {"accounts": {**other.accounts, **first.accounts}})


def _both(first: TeamEntry, other: TeamEntry, *, owns: bool) -> TeamEntry:
    said = {key: getattr(other, key) for key in other.model_fields_set - first.model_fields_set}
    if owns:
        said["owns"] = tuple(dict.fromkeys((*first.owns, *other.owns)))
    return first.model_copy(update=said)


def _renamed(edge: str | tuple[Dated, ...] | None, known_as: dict[str, str]) -> str | tuple[Dated, ...] | None:
    if isinstance(edge, tuple):
        return tuple(one.model_copy(update={"id": known_as.get(one.id, one.id)}) for one in edge)
    return None if edge is None else known_as.get(edge, edge)


def turning_days(org: OrgFile) -> list[date]:
    """The days on which edges change, with one before them all."""
    edges = [edge for team in org.teams for edge in (team.parent, team.leader)]
    edges += [person.team for person in org.people]
    dated = [one for edge in edges if isinstance(edge, tuple) for one in edge]
    return [date.min, *sorted({day for one in dated for day in (one.from_, one.until) if day is not None})]
