"""sources.yaml, org.yaml and settings.yaml as validated values.

The entries of sources.yaml stay plain: each connector validates its own with `config.reader.validate`, which knows
where they stand. People, teams and claims have the field names of `pipeline.org`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from config.reader import Document, Loc, Problem, nearest, read, validate

M = TypeVar("M", bound=BaseModel)

MAILBOX = r"[^@\s<>,;\x00-\x1f\x7f]+@[^@\s<>,;\x00-\x1f\x7f]+"
SPAN = r"^[1-9][0-9]{0,5}[smhd]$"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{name!r} is not a time zone; write its name, as Europe/Berlin") from None
    return name


def _address(text: str) -> str:
    """One mailbox, bare or with a name before it."""
    _, address = parseaddr(text)
    if not re.fullmatch(MAILBOX, address) or re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _bare_address(text: str) -> str:
    if not re.fullmatch(MAILBOX, text):
        raise ValueError(f"{text!r} is not a bare e-mail address; write name@example.org alone")
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Span = Annotated[str, Field(pattern=SPAN)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^\S(.*\S)?$")]
"""One line of text without blanks at its ends."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class _Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(_Values):
    name: Words = Field("Your organisation", description="the name that mails and pages show")
    timezone: Zone = Field("UTC", description="the zone of the week, from Monday 00:00 to Sunday 24:00")


class DigestTime(_Values):
    day: Weekday = Field("monday", description="the day of the week on which leaf notes are sent")
    hour: int = Field(9, ge=0, le=23, description="the hour of sending, 0 to 23, in each leader's own zone")


class Mail(_Values):
    from_: Annotated[str, AfterValidator(_address)] = Field(
        "Leaf Notes <leafnotes@localhost>", alias="from", description="the sender of mails, as Name <name@example.org>"
    )
    language: Literal["en"] = Field("en", description="the language of mails and pages")


class Retention(_Values):
    raw_pages: Span = Field("90d", description="how long the pages of sources are kept as they came, as 90d")
    text: Span = Field("400d", description="how long titles, bodies and comments are kept, as 400d; counts stay")


class Work(_Values):
    lease: Span = Field("5m", description="how long a worker may be silent before its job goes to another, as 5m")


class LanguageModel(_Values):
    """Off where it has no address."""

    base_url: Words | None = Field(
        None, description="the address of an OpenAI-compatible service, as https://llm.example.org/v1"
    )
    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")] | None = Field(
        None, description="the name that the service has for the model"
    )
    api_key: SecretStr | None = Field(
        None, description="the service's key, as ${ENV_NAME} or file:PATH, if it wants one"
    )
    timeout: Annotated[str, Field(pattern=r"^([1-9][0-9]?|[12][0-9]{2}|300)s$|^[1-5]m$")] = Field(
        "30s", description="how long an answer may take, as 30s; at most 5m"
    )
    per_day: int = Field(200, ge=1, le=100_000, description="how many texts a day it is asked about at most")
    insecure: bool = Field(False, description="allow http:// to another machine")

    @model_validator(mode="after")
    def _whole(self) -> "LanguageModel":
        if self.base_url is None and (self.model or self.api_key):
            raise ValueError("has no `base_url`, so nothing would be asked; add it, or remove the section")
        if self.base_url is not None and self.model is None:
            raise ValueError("has no `model`; add the name that the service has for it")
        return self


def _section(value: Any) -> Any:
    """A section whose keys are all commented out keeps its defaults."""
    return {} if value is None else value


def _items(value: Any) -> Any:
    """A list whose entries are all commented out is empty."""
    return [] if value is None else value


def _day(value: Any) -> Any:
    """A date as text alone: a number would be taken for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"{value!r} is not a date; write it as 2026-12-24")
    return value


Day = Annotated[date, BeforeValidator(_day)]


class DaysOffEntry(_Values):
    """Days on which nobody works, of the whole organisation or of some teams and those below them."""

    from_: Day = Field(alias="from", description="the first day, as 2026-12-24")
    to: Day | None = Field(None, description="the last day, as 2027-01-01; the first where it is left out")
    teams: Annotated[tuple[Id, ...], BeforeValidator(_items)] = Field(
        (), description="the ids of the teams that are off, and all below them with them; everybody without it"
    )

    @property
    def last(self) -> date:
        return self.to or self.from_

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "DaysOffEntry":
        if not self.from_ <= self.last <= self.from_ + timedelta(days=366):
            raise ValueError(
                "does not end within a year after it begins; put the first day in `from`, the last in `to`"
            )
        return self


class Calendar(_Values):
    working_days: tuple[Weekday, ...] = Field(
        ("monday", "tuesday", "wednesday", "thursday", "friday"),
        min_length=1,
        description="the days of a usual working week, as [monday, tuesday, wednesday, thursday, friday]",
    )
    days_off: Annotated[tuple[DaysOffEntry, ...], BeforeValidator(_items)] = Field(
        (), description="holidays and freezes, as - {from: 2026-12-24, to: 2027-01-01}"
    )


class RuleEntry(_Values):
    """Who is told of one kind of what cannot wait, and how long each has to answer."""

    tell: Annotated[tuple[Id, ...], BeforeValidator(_items)] = Field(
        ("lead",), description="people of org.yaml in order; lead stands for the leads of the leaf and of all above it"
    )
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = Field(
        "1d", description="how long each has before the next is told: 2d are working days, 4h working time"
    )
    at_once: bool = Field(False, description="at any hour, in plain time, and beside the limits")


class SafetyEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(_items)] = ()
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "15m"
    at_once: bool = True


class SecurityEntry(SafetyEntry):
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "1h"


class LegalEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(_items)] = ()
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "4h"


class Rules(_Values):
    escalate: RuleEntry = Field(RuleEntry(), description="somebody tagged it, or asked for it by name")
    harm: RuleEntry = Field(RuleEntry(), description="several tell of money or data at stake, or of a standstill")
    safety: SafetyEntry = Field(SafetyEntry(), description="somebody's health is at stake")
    security: SecurityEntry = Field(SecurityEntry(), description="a weakness in security")
    legal: LegalEntry = Field(LegalEntry(), description="a legal matter")

    @model_validator(mode="after")
    def _sealed_to_the_few(self) -> "Rules":
        for name in ("escalate", "harm", "legal"):
            if getattr(self, name).at_once:
                raise ValueError(f"{name} cannot go out at once; only safety and security may call at any hour")
        for name in ("safety", "security", "legal"):
            if "lead" in getattr(self, name).tell:
                raise ValueError(f"{name} goes to people who are named, never to all leads; write their ids")
        return self


class Escalation(_Values):
    opens: int = Field(8, ge=0, le=22, description="the hour from which a reader is called, in their own zone")
    closes: int = Field(19, ge=1, le=23, description="the hour from which a reader is left alone")
    per_day: int = Field(1, ge=1, le=3, description="calls a reader gets at most in a day")
    per_week: int = Field(3, ge=1, le=10, description="calls a reader gets at most in seven days")
    rules: Annotated[Rules, BeforeValidator(_section)] = Field(Rules(), description="who is told of what")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Escalation":
        if self.opens >= self.closes:
            raise ValueError("`opens` is not before `closes`; write them as 8 and 19")
        return self


class Settings(_Values):
    """settings.yaml. Everything has a default; an empty file means all of them."""

    organisation: Annotated[Organisation, BeforeValidator(_section)] = Organisation()
    digest: Annotated[DigestTime, BeforeValidator(_section)] = DigestTime()
    mail: Annotated[Mail, BeforeValidator(_section)] = Mail()
    calendar: Annotated[Calendar, BeforeValidator(_section)] = Calendar()
    escalation: Annotated[Escalation, BeforeValidator(_section)] = Escalation()
    retention: Annotated[Retention, BeforeValidator(_section)] = Retention()
    work: Annotated[Work, BeforeValidator(_section)] = Work()
    language_model: Annotated[LanguageModel, BeforeValidator(_section)] = LanguageModel()


class ClaimEntry(_Values):
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


class PersonEntry(_Values):
    id: Id = Field(description="letters, digits, dots, dashes and underscores; commands and file names use it")
    name: Words | None = Field(None, description="how mails greet them")
    email: Annotated[str, AfterValidator(_bare_address)] | None = Field(None, description="where their mail goes")
    timezone: Zone | None = Field(None, description="their own zone, where it is not the organisation's")
    team: Id | None = Field(None, description="the id of the team that they belong to")
    accounts: Annotated[dict[str, Words], BeforeValidator(_section)] = Field(
        default_factory=dict, description="source name: their account there"
    )


class TeamEntry(_Values):
    id: Id = Field(description="letters, digits, dots, dashes and underscores; org.yaml refers to it")
    name: Words = Field(default_factory=lambda data: data.get("id", ""), description="the name that mails show")
    parent: Id | None = Field(None, description="the id of the team above")
    leader: Id | None = Field(None, description="the id of the person who leads it")
    size: int | None = Field(None, ge=0, description="how many people it has, where they are not listed")
    owns: Annotated[tuple[ClaimEntry, ...], BeforeValidator(_items)] = Field((), description="what belongs to it")
    hears: Annotated[tuple[ClaimEntry, ...], BeforeValidator(_items)] = Field(
        (), description="what reaches its people first, though others fix it"
    )


class OrgFile(_Values):
    """org.yaml. `load` sees that ids are there once and no teams above each other in a circle; `pipeline.org_check`
    that ids refer to each other."""

    people: Annotated[tuple[PersonEntry, ...], BeforeValidator(_items)] = ()
    teams: Annotated[tuple[TeamEntry, ...], BeforeValidator(_items)] = ()
    fallback: Id = Field(description="the id of the team that gets what nobody owns")


class SourcesFile(_Values):
    """sources.yaml, its entries still plain."""

    sources: Annotated[tuple[dict[str, Any], ...], BeforeValidator(_items)] = Field(
        description="the list of sources, see `leafnotes connectors`"
    )


@dataclass(frozen=True)
class Loaded:
    """The three files. Where there are `problems`, what they concern has its defaults here or is left out."""

    settings: Settings
    org: OrgFile
    sources: tuple[Mapping[str, Any], ...]
    settings_document: Document
    org_document: Document
    sources_document: Document
    problems: tuple[Problem, ...]

    def where(self, kind: str, name: str) -> str:
        """ "org.yaml:12" for a person, team or source by its id, or for the fallback; the file alone for others."""
        if kind == "fallback":
            return f"{self.org_document.file}:{self.org_document.line(('fallback',))}"
        return self._places.get((kind, name), self.org_document.file)

    @cached_property
    def _places(self) -> dict[tuple[str, str], str]:
        places: dict[tuple[str, str], str] = {}
        for kind, document, entries, key in (
            ("person", self.org_document, "people", "id"),
            ("team", self.org_document, "teams", "id"),
            ("source", self.sources_document, "sources", "name"),
        ):
            for loc, name in _named(document, entries, key):
                places.setdefault((kind, name), f"{document.file}:{document.line(loc)}")
        return places


def load(directory: Path) -> Loaded:
    """Read the configuration in a directory. Never raises for what is in it: `problems` are all that is wrong."""
    problems: list[Problem] = []
    settings_document = _optional(directory / "settings.yaml")
    org_document = read(directory / "org.yaml")
    sources_document = read(directory / "sources.yaml")
    settings = _checked(settings_document, Settings, problems)
    org = _checked(org_document, OrgFile, problems)
    sources = _checked(sources_document, SourcesFile, problems)
    problems += _twice(org_document, "people", "id")
    problems += _twice(org_document, "teams", "id")
    problems += _twice(sources_document, "sources", "name")
    problems += _circles(org_document)
    problems += _unknown_teams(settings_document, org_document)
    problems += _unknown_people(settings_document, org_document)
    return Loaded(
        settings=settings or Settings(),
        org=org or OrgFile(fallback="none"),
        sources=sources.sources if sources else (),
        settings_document=settings_document,
        org_document=org_document,
        sources_document=sources_document,
        problems=tuple(problems),
    )


def _optional(path: Path) -> Document:
    """settings.yaml may be missing; under a slightly wrong name it may not."""
    return read(path) if path.exists() or path.with_suffix(".yml").exists() else Document(path, {})


def _checked(document: Document, model: type[M], problems: list[Problem]) -> M | None:
    problems += document.problems
    if document.broken:
        return None
    found = validate(document, model)
    if not isinstance(found, list):
        return found
    problems += found
    return None


def _twice(document: Document, entries: str, key: str) -> Iterator[Problem]:
    """Entries of a list whose id was given before."""
    first: dict[str, int] = {}
    for loc, name in _named(document, entries, key):
        if name in first:
            remedy = f"It is on line {first[name]} already: every {key} is there once."
            yield document.problem((*loc, key), f"{name!r} is there twice", remedy)
        first.setdefault(name, document.line((*loc, key)))


def _circles(document: Document) -> Iterator[Problem]:
    """Teams that are above each other, a circle once: what hangs below it is no fault of its own."""
    place = {name: loc for loc, name in _named(document, "teams", "id")}
    parent = {name: document.at((*loc, "parent")) for name, loc in place.items()}
    seen: set[str] = set()
    for team in place:
        path: list[str] = []
        here: Any = team
        while isinstance(here, str) and here in place and here not in seen:
            seen.add(here)
            path.append(here)
            here = parent[here]
        if here in path:
            circle = path[path.index(here) :]
            message = f"teams are above each other in a circle: {' -> '.join((*circle, here))}"
            yield document.problem((*place[here], "parent"), message, "Give one of them another parent, or none.")


def _unknown_teams(settings_document: Document, org_document: Document) -> Iterator[Problem]:
    """Teams that are off and are not in org.yaml."""
    known = [name for _, name in _named(org_document, "teams", "id")]
    listed = settings_document.at(("calendar", "days_off"))
    for index, entry in enumerate(listed if isinstance(listed, list) and not org_document.broken else ()):
        teams = entry.get("teams") if isinstance(entry, dict) else None
        for place, team in enumerate(teams if isinstance(teams, list) else ()):
            if str(team) not in known:
                close = nearest(str(team), known)
                remedy = f"Did you mean {close}?" if close else f"Write the id of a team that {org_document.file} has."
                loc: Loc = ("calendar", "days_off", index, "teams", place)
                yield settings_document.problem(loc, f"{str(team)!r} is no team of {org_document.file}", remedy)


def _unknown_people(settings_document: Document, org_document: Document) -> Iterator[Problem]:
    """People who are to be told and are not in org.yaml, or have no address there."""
    known = {name: org_document.at((*loc, "email")) for loc, name in _named(org_document, "people", "id")}
    rules = settings_document.at(("escalation", "rules"))
    for rule, entry in (rules if isinstance(rules, dict) and not org_document.broken else {}).items():
        told = entry.get("tell") if isinstance(entry, dict) else None
        for place, person in enumerate(told if isinstance(told, list) else ()):
            loc: Loc = ("escalation", "rules", rule, "tell", place)
            if str(person) != "lead" and str(person) not in known:
                close = nearest(str(person), [*known, "lead"])
                remedy = (
                    f"Did you mean {close}?" if close else f"Write the id of a person that {org_document.file} has."
                )
                yield settings_document.problem(loc, f"{str(person)!r} is no person of {org_document.file}", remedy)
            elif str(person) != "lead" and not known[str(person)]:
                message = f"{str(person)!r} has no e-mail address in {org_document.file}"
                yield settings_document.problem(loc, message, "Add it there.")


def _named(document: Document, entries: str, key: str) -> Iterator[tuple[Loc, str]]:
    """Where the entries of a list are, and the names that they have."""
    listed = document.at((entries,))
    for index in range(len(listed) if isinstance(listed, list) else 0):
        loc: Loc = (entries, index)
        name = document.at((*loc, key))
        text = name if name is None or isinstance(name, str) else document.written((*loc, key))
        if text is not None:
            yield loc, text
