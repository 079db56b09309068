"""sources.yaml, org.yaml and settings.yaml as validated values.

The entries of sources.yaml stay plain: each connector validates its own with `config.reader.validate`, which knows
where they stand. `config.org` has what org.yaml says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, model_validator

from config.org import MAILBOX, Day, Id, Language, OrgFile, Values, Words, Zone, items, section
from config.org_files import assemble, imported, named, read_org, twice, valid
from config.reader import Document, Loc, Problem, nearest, read

M = TypeVar("M", bound=BaseModel)

SPAN = r"^[1-9][0-9]{0,5}[smhd]$"
Span = Annotated[str, Field(pattern=SPAN)]


def _address(text: str) -> str:
    """One mailbox, bare or with a name before it."""
    _, address = parseaddr(text)
    if not re.fullmatch(MAILBOX, address) or re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Organisation(Values):
    name: Words = Field("Your organisation", description="the name that mails and pages show")
    timezone: Zone = Field("UTC", description="the zone of the week, from Monday 00:00 to Sunday 24:00")


def _no_switch(value: Any) -> Any:
    """`true` would be read as one week."""
    if isinstance(value, bool):
        raise ValueError("is no switch; write how many weeks, 0 to 52, or always")
    return value


class DigestTime(Values):
    day: Weekday = Field("monday", description="the day on which leaf notes are sent, or the working day after it")
    hour: int = Field(9, ge=0, le=23, description="the hour of sending, 0 to 23, in each leader's own zone")
    by_hand: Annotated[Annotated[int, Field(ge=0, le=52)] | Literal["always"], BeforeValidator(_no_switch)] = Field(
        0, description="how many of the first weeks wait for `leafnotes release`: 0 to 52, or always"
    )
    preview: Annotated[str, Field(pattern=r"^(0|off|[1-9]h|[1-6][0-9]h|7[0-2]h)$")] = Field(
        "off", description="how long before sending leaders see what will be quoted upward, as 12h; at most 72h, or off"
    )


class Inbox(Values):
    """A mailbox that holds nothing but what comes back by mail."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] = Field(description="the IMAP server")
    port: int | None = Field(None, ge=1, le=65535, description="993 with tls, else 143")
    tls: Literal["tls", "starttls", "no"] = Field("tls", description="tls, starttls, or no: to this machine only")
    user: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,255}$")] = Field(description="the name to log in with")
    password: SecretStr = Field(description="the credential, as ${ENV_NAME} or file:PATH")
    folder: Words = Field("INBOX", description="the folder that is read")

    @model_validator(mode="after")
    def _safely(self) -> "Inbox":
        if self.tls == "no" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(f"tls: no would send the password to {self.host} in the clear; write tls or starttls")
        return self


def _to_sign(text: str) -> str:
    """A bare address to which +TOKEN is added: 64 letters hold 30 of its own, and what everybody's servers take."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}", text):
        raise ValueError(
            f"{text!r} cannot take a token; write a bare address as reply@notes.example.org, at most 30 "
            "letters before the @ and no + in it"
        )
    return text


ToSign = Annotated[str, AfterValidator(_to_sign)]


class Mail(Values):
    from_: Annotated[str, AfterValidator(_address)] = Field(
        "Leaf Notes <leafnotes@localhost>", alias="from", description="the sender of mails, as Name <name@example.org>"
    )
    language: Language = Field("en", description="of mails: en or de; a person in org.yaml may have their own")
    replies: ToSign | None = Field(
        None, description="where leaders' replies come in, as reply@notes.example.org; +TOKEN is added to it"
    )
    bounces: ToSign | None = Field(
        None, description="where reports of undelivered mail come in, as bounce@notes.example.org; +TOKEN is added"
    )
    trusted_results: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,253}$")] | None = Field(
        None, description="the name under which your own mail server writes Authentication-Results, as mx.example.org"
    )
    inbox: Inbox | None = Field(None, description="the IMAP mailbox in which both arrive, if no pipe brings them")

    @model_validator(mode="after")
    def _apart(self) -> "Mail":
        if self.replies is not None and self.bounces is not None and self.replies.lower() == self.bounces.lower():
            raise ValueError("`replies` and `bounces` are one address; give each its own")
        if self.inbox is not None and self.replies is None and self.bounces is None:
            raise ValueError("`inbox` is read for nothing without `replies` or `bounces`; add one, or remove it")
        return self


class Retention(Values):
    raw_pages: Span = Field("90d", description="how long the pages of sources are kept as they came, as 90d")
    text: Span = Field("400d", description="how long titles, bodies and comments are kept, as 400d; counts stay")


class Work(Values):
    lease: Span = Field("5m", description="how long a worker may be silent before its job goes to another, as 5m")


class Classify(Values):
    mode: Literal["full", "fast"] = Field(
        "full",
        description="full, or fast: about nine times as many texts a second, and fewer signals (docs/signals.md)",
    )


class LanguageModel(Values):
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


class Oidc(Values):
    """Signing in with the organisation's own OpenID Connect provider."""

    issuer: Words = Field(description="the provider's own name, as https://login.example.org/realms/staff")
    client_id: Words = Field(description="the id that the provider gave to Leafnotes")
    client_secret: SecretStr | None = Field(
        None, description="its secret, as ${ENV_NAME} or file:PATH; none for a public client"
    )
    subjects: Annotated[dict[str, Id], BeforeValidator(section)] = Field(
        default_factory=dict,
        description="the provider's number of somebody (`sub`): their id in org.yaml, where it vouches for no e-mail",
    )
    operators: Annotated[tuple[Id, ...], BeforeValidator(items)] = Field(
        (), description="the ids of people who are operators when they sign in so"
    )
    insecure: bool = Field(False, description="allow http:// to another machine")


class Web(Values):
    oidc: Oidc | None = Field(None, description="who signs people in: issuer, client_id and client_secret")
    metrics_token: SecretStr | None = Field(
        None, description="the token with which Prometheus reads /metrics, as ${ENV_NAME} or file:PATH"
    )


class DaysOffEntry(Values):
    """Days on which nobody works, of the whole organisation or of some teams and those below them."""

    from_: Day = Field(alias="from", description="the first day, as 2026-12-24")
    to: Day | None = Field(None, description="the last day, as 2027-01-01; the first where it is left out")
    teams: Annotated[tuple[Id, ...], BeforeValidator(items)] = Field(
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


class Calendar(Values):
    working_days: tuple[Weekday, ...] = Field(
        ("monday", "tuesday", "wednesday", "thursday", "friday"),
        min_length=1,
        description="the days of a usual working week, as [monday, tuesday, wednesday, thursday, friday]",
    )
    days_off: Annotated[tuple[DaysOffEntry, ...], BeforeValidator(items)] = Field(
        (), description="holidays and freezes, as - {from: 2026-12-24, to: 2027-01-01}"
    )


def _plain_question(text: str) -> str:
    """It stands in mails whose every number and quotation is accounted for."""
    if re.search(r'[0-9"“”„«»<>%]', text) or len(text) > 120:
        raise ValueError(f"{text!r} is no question of the check-in; write 120 letters or less, no digits, no quotes")
    return text


Question = Annotated[Words, AfterValidator(_plain_question)]


class Questions(Values):
    """Statements to which people agree or disagree in five steps."""

    work: Question = Field("This week I could do good work", description="the first statement, about the week")
    heard: Question = Field(
        "When I write down what hurts, someone who can act hears it", description="the second statement, about hearing"
    )


class CheckIn(Values):
    """Two questions a week to those whose e-mail the org chart has. Off unless `enabled`."""

    enabled: bool = Field(False, description="whether members are asked")
    day: Weekday = Field("thursday", description="the day of the week on which they are asked")
    hour: int = Field(14, ge=0, le=23, description="the hour from which they are asked, 0 to 23, in their own zone")
    teams: Annotated[tuple[Id, ...], BeforeValidator(items)] = Field(
        (), description="the ids of the teams that are asked, with all below them; everybody without it"
    )
    questions: Annotated[Questions, BeforeValidator(section)] = Field(Questions(), description="what they are asked")
    free_line: bool = Field(False, description="whether the page has room for a line, which goes to speak-up")


class RuleEntry(Values):
    """Who is told of one kind of what cannot wait, and how long each has to answer."""

    tell: Annotated[tuple[Id, ...], BeforeValidator(items)] = Field(
        ("lead",), description="people of org.yaml in order; lead stands for the leads of the leaf and of all above it"
    )
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = Field(
        "1d", description="how long each has before the next is told: 2d are working days, 4h working time"
    )
    at_once: bool = Field(False, description="at any hour, in plain time, and beside the limits")
    enabled: bool = Field(True, description="whether it calls anybody")


class SurgeEntry(RuleEntry):
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "2d"
    enabled: bool = False


class ChurnEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(items)] = Field(
        ("keeper", "lead"), description="people of org.yaml in order; keeper stands for who keeps the account"
    )


class OutageEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(items)] = ()
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "15m"
    at_once: bool = True


class StuckEntry(Values):
    """Told in the weekly notes alone, to the next level up."""

    within: Annotated[str, Field(pattern=r"^[1-9][0-9]?d$")] = Field(
        "10d", description="the working days that each level has before the next one up reads of it, as 10d"
    )
    enabled: bool = Field(True, description="whether what is unanswered climbs")


class WithdrawnEntry(Values):
    """Told in the weekly notes alone, in our words."""

    enabled: bool = Field(
        True, description="whether the lead of a team, and theirs, read that somebody stopped to tell"
    )


class SafetyEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(items)] = ()
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "15m"
    at_once: bool = True


class SecurityEntry(SafetyEntry):
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "1h"


class LegalEntry(RuleEntry):
    tell: Annotated[tuple[Id, ...], BeforeValidator(items)] = ()
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")] = "4h"


class Rules(Values):
    escalate: RuleEntry = Field(RuleEntry(), description="somebody tagged it, or asked for it by name")
    harm: RuleEntry = Field(RuleEntry(), description="several tell of money or data at stake, or of a standstill")
    churn: ChurnEntry = Field(ChurnEntry(), description="a customer of an important account speaks of leaving")
    surge: SurgeEntry = Field(SurgeEntry(), description="more people than usual tell of a severe pain this week")
    agent_load: SurgeEntry = Field(SurgeEntry(), description="those who answer customers apologise, or are abused")
    outage_like: OutageEntry = Field(OutageEntry(), description="many people tell of one pain within two hours")
    safety: SafetyEntry = Field(SafetyEntry(), description="somebody's health is at stake")
    security: SecurityEntry = Field(SecurityEntry(), description="a weakness in security")
    legal: LegalEntry = Field(LegalEntry(), description="a legal matter")
    stuck: Annotated[StuckEntry, BeforeValidator(section)] = Field(
        StuckEntry(), description="a severe pain that nobody answers climbs, in its first words"
    )
    voice_withdrawn: Annotated[WithdrawnEntry, BeforeValidator(section)] = Field(
        WithdrawnEntry(), description="somebody stopped to tell"
    )

    @model_validator(mode="after")
    def _sealed_to_the_few(self) -> "Rules":
        for name in ("escalate", "harm", "churn", "surge", "agent_load", "legal"):
            if getattr(self, name).at_once:
                raise ValueError(
                    f"{name} cannot go out at once; only safety, security and outage_like may call at any hour"
                )
        for name in ("safety", "security", "legal"):
            if "lead" in getattr(self, name).tell:
                raise ValueError(f"{name} goes to people who are named, never to all leads; write their ids")
        return self


Account = Annotated[str, Field(max_length=255, pattern=r"^\s*\S[^\x00-\x1f\x7f]*$")]


def _accounts(value: Any) -> Any:
    """A list of names, or a mapping of names to who keeps each."""
    if not isinstance(value, list):
        return section(value)
    for one in value:
        if not isinstance(one, str):
            raise ValueError(f"{one!r} is no name of an account; put it in quotes")
    return dict.fromkeys(value)


class Escalation(Values):
    opens: int = Field(8, ge=0, le=22, description="the hour from which a reader is called, in their own zone")
    closes: int = Field(19, ge=1, le=23, description="the hour from which a reader is left alone")
    per_day: int = Field(1, ge=1, le=3, description="calls a reader gets at most in a day")
    per_week: int = Field(3, ge=1, le=10, description="calls a reader gets at most in seven days")
    accounts: Annotated[dict[Account, Id | None], BeforeValidator(_accounts)] = Field(
        default_factory=dict,
        description="the important accounts, as a list, or as a mapping to the ids of the people who keep them",
    )
    rules: Annotated[Rules, BeforeValidator(section)] = Field(Rules(), description="who is told of what")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Escalation":
        if self.opens >= self.closes:
            raise ValueError("`opens` is not before `closes`; write them as 8 and 19")
        return self


class Settings(Values):
    """settings.yaml. Everything has a default; an empty file means all of them."""

    organisation: Annotated[Organisation, BeforeValidator(section)] = Organisation()
    digest: Annotated[DigestTime, BeforeValidator(section)] = DigestTime()
    mail: Annotated[Mail, BeforeValidator(section)] = Mail()
    calendar: Annotated[Calendar, BeforeValidator(section)] = Calendar()
    escalation: Annotated[Escalation, BeforeValidator(section)] = Escalation()
    check_in: Annotated[CheckIn, BeforeValidator(section)] = CheckIn()
    retention: Annotated[Retention, BeforeValidator(section)] = Retention()
    work: Annotated[Work, BeforeValidator(section)] = Work()
    classify: Annotated[Classify, BeforeValidator(section)] = Classify()
    language_model: Annotated[LanguageModel, BeforeValidator(section)] = LanguageModel()
    web: Annotated[Web, BeforeValidator(section)] = Web()


class SourcesFile(Values):
    """sources.yaml, its entries still plain."""

    sources: Annotated[tuple[dict[str, Any], ...], BeforeValidator(items)] = Field(
        description="the list of sources, see `leafnotes connectors`"
    )


@dataclass(frozen=True)
class Loaded:
    """The files. Where there are `problems`, what they concern has its defaults here or is left out.

    `org` is org.yaml with the imported charts of org.d; `org_documents` are these files, org.yaml first.
    """

    settings: Settings
    org: OrgFile
    sources: tuple[Mapping[str, Any], ...]
    settings_document: Document
    org_documents: tuple[Document, ...]
    sources_document: Document
    problems: tuple[Problem, ...]

    @property
    def org_document(self) -> Document:
        return self.org_documents[0]

    def where(self, kind: str, name: str) -> str:
        """ "org.yaml:12" for a person, team or source by its id, or for the fallback; the file alone for others."""
        if kind == "fallback":
            return f"{self.org_document.file}:{self.org_document.line(('fallback',))}"
        return self._places.get((kind, name), self.org_document.file)

    @cached_property
    def _places(self) -> dict[tuple[str, str], str]:
        places: dict[tuple[str, str], str] = {}
        for document in self.org_documents:
            _put_places(places, document, "person", "people", "id")
            _put_places(places, document, "team", "teams", "id")
        _put_places(places, self.sources_document, "source", "sources", "name")
        return places


def _put_places(places: dict[tuple[str, str], str], document: Document, kind: str, entries: str, key: str) -> None:
    for loc, name in named(document, entries, key):
        places.setdefault((kind, name), f"{document.file}:{document.line(loc)}")


def load(directory: Path) -> Loaded:
    """Read the configuration in a directory. Never raises for what is in it: `problems` are all that is wrong."""
    problems: list[Problem] = []
    settings_document = _optional(directory / "settings.yaml")
    sources_document = read(directory / "sources.yaml")
    settings = _checked(settings_document, Settings, problems)
    imports, strange = imported(directory)
    org = assemble(read_org(directory), imports)
    problems += [*org.problems, *strange]
    sources = _checked(sources_document, SourcesFile, problems)
    problems += twice(sources_document, "sources", "name")
    problems += _unknown_teams(settings_document, org.documents)
    problems += _unknown_people(settings_document, org.documents)
    problems += _accounts_twice(settings_document)
    return Loaded(
        settings=settings or Settings(),
        org=org.file,
        sources=sources.sources if sources else (),
        settings_document=settings_document,
        org_documents=org.documents,
        sources_document=sources_document,
        problems=tuple(problems),
    )


def _optional(path: Path) -> Document:
    """settings.yaml may be missing; under a slightly wrong name it may not."""
    return read(path) if path.exists() or path.with_suffix(".yml").exists() else Document(path, {})


def _checked(document: Document, model: type[M], problems: list[Problem]) -> M | None:
    problems += document.problems
    return valid(document, model, problems)


def _unknown_teams(settings_document: Document, org_documents: Sequence[Document]) -> Iterator[Problem]:
    """Teams that are off, or asked, and are not in org.yaml or beside it."""
    org_document = org_documents[0]
    known = [name for document in org_documents for _, name in named(document, "teams", "id")]
    for loc, team in _named_teams(settings_document) if not org_document.broken else ():
        if str(team) not in known:
            close = nearest(str(team), known)
            remedy = f"Did you mean {close}?" if close else f"Write the id of a team that {org_document.file} has."
            yield settings_document.problem(loc, f"{str(team)!r} is no team of {org_document.file}", remedy)


def _named_teams(settings_document: Document) -> Iterator[tuple[Loc, object]]:
    listed = settings_document.at(("calendar", "days_off"))
    lists: list[Loc] = [
        ("calendar", "days_off", index, "teams") for index in range(len(listed) if isinstance(listed, list) else 0)
    ]
    for where in (*lists, ("check_in", "teams")):
        teams = settings_document.at(where)
        yield from (((*where, place), team) for place, team in enumerate(teams if isinstance(teams, list) else ()))


def _unknown_people(settings_document: Document, org_documents: Sequence[Document]) -> Iterator[Problem]:
    """People who are to be told and are in no file of the org chart, or have no address there."""
    org_document = org_documents[0]
    known: dict[str, bool] = {}
    for document in org_documents:
        for loc, name in named(document, "people", "id"):
            known[name] = known.get(name, False) or bool(document.at((*loc, "email")))
    for at, person, words in _told(settings_document) if not org_document.broken else ():
        if person in words:
            continue
        if person not in known:
            close = nearest(person, [*known, *words])
            remedy = f"Did you mean {close}?" if close else f"Write the id of a person that {org_document.file} has."
            yield settings_document.problem(at, f"{person!r} is no person of {org_document.file}", remedy)
        elif not known[person]:
            message = f"{person!r} has no e-mail address in {org_document.file}"
            yield settings_document.problem(at, message, "Add it there.")


def _told(settings_document: Document) -> Iterator[tuple[Loc, str, tuple[str, ...]]]:
    """Everybody who is to be told of something: where, their id, and the words that stand for people there."""
    rules = settings_document.at(("escalation", "rules"))
    for rule, entry in (rules if isinstance(rules, dict) else {}).items():
        told = entry.get("tell") if isinstance(entry, dict) else None
        words = ("keeper", "lead") if rule == "churn" else ("lead",)
        for place, person in enumerate(told if isinstance(told, list) else ()):
            yield ("escalation", "rules", rule, "tell", place), str(person), words
    accounts = settings_document.at(("escalation", "accounts"))
    for account, keeper in (accounts if isinstance(accounts, dict) else {}).items():
        if keeper is not None:
            yield ("escalation", "accounts", account), str(keeper), ()


def _accounts_twice(settings_document: Document) -> Iterator[Problem]:
    """Accounts that differ in capitals and blanks alone: they are one."""
    given = settings_document.at(("escalation", "accounts"))
    listed = (
        enumerate(given)
        if isinstance(given, list)
        else ((one, one) for one in given or ())
        if isinstance(given, dict)
        else ()
    )
    first: dict[str, Loc] = {}
    for step, name in listed:
        at: Loc = ("escalation", "accounts", step)
        key = " ".join(str(name).split()).casefold()
        if key in first:
            message = f"{str(name)!r} is given on line {settings_document.line(first[key])} already"
            yield settings_document.problem(at, message, "Capitals and blanks make no other account; keep one of them.")
        first.setdefault(key, at)
