"""The one place where everything is joined: configuration, org chart, connectors, database, classifier, sender.

Everything else receives what it needs from here. `Deployment.read` is cheap; the model and the database are made on
first use.
"""

import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points, version
from inspect import isabstract
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from config import reader, settings
from config.environment import Environment, WeakKey
from config.org import OrgFile, held, turning_days
from config.reader import Problem
from config.settings import Loaded, Settings
from connectors.base import EVERY_OTHER, Connector, SourceError, SourceOptions, Writer
from connectors.language_model import ChatModel
from connectors.limits import share
from connectors.mailbox import Server
from connectors.oidc import Client, Provider
from connectors.smtp import Smtp
from connectors.speak_up import SpeakUp
from pipeline import periods
from pipeline.answers import Answer, Given, draft
from pipeline.check_in import Asking
from pipeline.escalate import Ladder, Rule, account_key
from pipeline.forgetting import Eraser
from pipeline.house import House
from pipeline.issue import Issue, Period, Remark
from pipeline.links import Links
from pipeline.org import Claim, Org, Person, Team, audience_of
from pipeline.proposing import LanguageModel
from pipeline.return_path import ReturnPath
from pipeline.route import Router
from pipeline.steps import Classifier
from pipeline.store import db, schema
from pipeline.store.forgotten import Written
from pipeline.workdays import DaysOff, Workdays
from workers import broker
from workers.limits import in_redis
from workers.senders import FolderSender, LoggedSender, Sender, SentLog, SmtpSender

GROUP = "leafnotes.connectors"
COMES_BACK = "/login/back"
"""Where an OpenID Connect provider sends people back to."""
SMTP_KEPT = 20.0
"""Seconds for which a worker uses its connection to the mail server again: the mails of a week follow each other."""
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
"""package.module:Class"""
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Misconfigured(Exception):
    """The configuration cannot be used; `problems` say everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """A configured source: its validated options and the class that reads it."""

    name: str
    options: SourceOptions
    connector: type[Connector[Any]]
    directory: Path

    @property
    def poll(self) -> timedelta:
        return span(self.options.poll)

    @property
    def webhook_secrets(self) -> list[str]:
        """What webhooks of this source may be signed with; none: webhooks are not read."""
        return [one.get_secret_value().strip() for one in getattr(self.options, "webhook_secrets", ())]

    def open(self) -> Connector[Any]:
        return self.connector.open(self.options, self.directory)

    @cached_property
    def reader(self) -> str:
        """What its items are read by: our code and the connector's as this process has it, its options but secrets."""
        code = version("leafnotes"), code_of("pipeline.clean"), code_of(self.connector.__module__)
        told = *code, self.connector.__qualname__, self.options.model_dump_json()
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def describe(self, cursor: Mapping[str, Any]) -> str:
        with closing(self.open()) as connector:
            return connector.describe(cursor)

    @property
    def counts(self) -> bool:
        """Whether the source can name everything that still exists."""
        return self.connector.census is not Connector.census


@cache
def code_of(module: str) -> str:
    """A hash of the files beside a module: what reads an item is mostly there.

    Kept from the first look on, which is that of the process that others are forked from: files that were replaced
    since are not the code that runs.
    """
    found = hashlib.sha256()
    place = getattr(sys.modules.get(module), "__file__", None)
    for file in sorted(Path(place).parent.glob("*.py")) if place else ():
        with suppress(OSError):
            found.update(file.name.encode() + b"\n" + file.read_bytes())
    return found.hexdigest()


def span(text: str) -> timedelta:
    """ "90s", "10m", "6h", "1d" as a length of time."""
    match = re.fullmatch(r"([1-9][0-9]*)([smhd])", text)
    if match is None:
        raise ValueError(f"{text!r} is not a length of time; write it like 90s, 10m, 6h or 1d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


class NoConnector(Exception):
    """A kind for which there is no connector that can be used; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def kind_names() -> list[str]:
    """Every installed connector's kind: those of this repository and those of other packages, by entry point."""
    return sorted(entry_points(group=GROUP).names)


def connector_kinds() -> dict[str, type[Connector[Any]]]:
    """Every installed connector by its kind. Raises `NoConnector`."""
    return {kind: connector_for(kind) for kind in kind_names()}


def connector_for(kind: object) -> type[Connector[Any]]:
    """The class of a kind: an entry point's name, or a dotted path `package.module:Class`. Raises `NoConnector`."""
    points = entry_points(group=GROUP)
    if not isinstance(kind, str) or not (kind in points.names or DOTTED.fullmatch(kind)):
        raise NoConnector(
            f"no connector is called {kind!r}" if kind else "kind is missing",
            f"Use one of {', '.join(sorted(points.names))}, or a dotted path package.module:Class.",
        )
    try:
        found = (points[kind] if kind in points.names else EntryPoint(kind, kind, GROUP)).load()
    except (Exception, SystemExit) as error:  # what is imported there is not ours, and may be broken in any way
        remedy = f"Correct it; `leafnotes connector test {kind}` tells whether it works."
        if isinstance(error, ModuleNotFoundError):
            remedy = "The package must be installed where Leafnotes is, or be on PYTHONPATH."
        raise NoConnector(f"{kind!r} cannot be imported: {type(error).__name__}: {error}", remedy) from error
    if not _is_connector(found):
        says = f"{kind!r} is no connector: a class made from connectors.base.Connector, with its methods and `Options`"
        raise NoConnector(says, "Name that class; CONTRIBUTING.md says how one is written.")
    return found  # type: ignore[no-any-return]


def _is_connector(found: Any) -> bool:
    ours = isinstance(found, type) and issubclass(found, Connector) and not isabstract(found)
    options = getattr(found, "Options", None)
    return ours and isinstance(options, type) and issubclass(options, SourceOptions)


@dataclass(frozen=True)
class Deployment:
    """One configured deployment, opened. `now` is the clock of `--as-of` where that was given."""

    directory: Path
    environment: Environment
    settings: Settings
    org: Org
    sources: Mapping[str, Source]
    now: Callable[[], datetime]
    loaded: Loaded = field(repr=False)

    @classmethod
    def read(cls, directory: Path, *, as_of: datetime | None = None) -> "Deployment":
        """Read and validate everything at once; raises `Misconfigured` with all problems."""
        deployment, problems = cls.survey(directory, as_of=as_of)
        if problems or deployment is None:
            raise Misconfigured(problems)
        return deployment

    @classmethod
    def survey(cls, directory: Path, *, as_of: datetime | None = None) -> tuple["Deployment | None", list[Problem]]:
        """The deployment where it can be used, and every problem that was found on the way."""
        environment, problems = Environment.survey(config_dir=directory)
        loaded = settings.load(directory)
        problems = [*problems, *loaded.problems]
        sources, more = _sources(loaded, directory)
        problems += [*more, *_language_model_problems(loaded), *_oidc_problems(loaded)]
        if problems or environment is None:
            return None, problems
        if environment.broker_url is not None:
            share(in_redis(environment.broker_url))
        clock: Callable[[], datetime] = (
            (lambda: as_of.astimezone(UTC)) if as_of is not None else (lambda: datetime.now(UTC))
        )
        today = clock().astimezone(ZoneInfo(loaded.settings.organisation.timezone)).date()
        org = _with_sources(to_org(loaded.org, today), sources)
        return cls(directory, environment, loaded.settings, org, sources, clock, loaded), []

    def at(self, period: Period) -> "Deployment":
        """This deployment with the org chart that was true on the period's last day."""
        if not self._is_dated:
            return self
        org = _with_sources(to_org(self.loaded.org, periods.monday_of(period) + timedelta(days=6)), self.sources)
        then = replace(self, org=org)
        for shared in ("database", "classifier", "language_model"):  # made once for both
            if shared in self.__dict__:
                then.__dict__[shared] = self.__dict__[shared]
        return then

    @cached_property
    def _is_dated(self) -> bool:
        return len(turning_days(self.loaded.org)) > 1

    @cached_property
    def database(self) -> Engine:
        return db.connect(self.environment.database_url)

    def prepare(self) -> None:
        """SQLite is made and migrated; any other database has to be at this version."""
        schema.ready(self.database)

    @cached_property
    def classifier(self) -> Classifier:
        from pipeline.classify import load_classifier  # the model costs time and memory: only who classifies pays

        return load_classifier(self.settings.classify.mode)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The one that may propose; None, the default: nobody is asked."""
        return chat_model(self.settings)

    @cached_property
    def provider(self) -> Provider | None:
        """Who signs people in; None where nobody is named, or people could not come back from there."""
        public = self.environment.public_url
        return None if public is None else oidc_provider(self.settings, public)

    @cached_property
    def router(self) -> Router:
        return Router(self.org)

    @cached_property
    def org_hash(self) -> str:
        """Of everything that verdicts and routes depend on: a change of it asks for new ones."""
        teams = sorted(repr(team) for team in self.org.teams.values())
        accounts = sorted(f"{s}/{a}" for person in self.org.people.values() for s, a in person.accounts.items())
        return hashlib.blake2b("\n".join([*teams, *accounts]).encode(), digest_size=16).hexdigest()

    @property
    def zone(self) -> str:
        return self.settings.organisation.timezone

    @property
    def kinds(self) -> dict[str, str]:
        return {name: source.options.kind for name, source in self.sources.items()}

    @property
    def lease(self) -> timedelta:
        return span(self.settings.work.lease)

    @cached_property
    def house(self) -> House:
        sender = self.settings.mail.from_
        return House(
            name=self.settings.organisation.name,
            language=self.settings.mail.language,
            org=self.org,
            kinds=self.kinds,
            sender=sender,
            domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost",
            links=self.links,
            workdays=to_workdays(self.settings),
            returns=self.returns,
            answering=self.answering,
            zone=self.zone,
            ladder=to_ladder(self.settings),
            check_in=to_asking(self.settings),
            by_hand=self.settings.digest.by_hand,
            sends=(self.settings.digest.day, self.settings.digest.hour),
            sending_days=_sending_days(self.settings),
            preview=timedelta() if self.settings.digest.preview in ("0", "off") else span(self.settings.digest.preview),
        )

    @cached_property
    def returns(self) -> ReturnPath | None:
        """Signs the addresses for what comes back; None where none is set, or no key that can be relied on."""
        mail = self.settings.mail
        try:
            if mail.replies is None and mail.bounces is None:
                return None
            return ReturnPath(*self.environment.require_secret_keys(), replies=mail.replies, bounces=mail.bounces)
        except WeakKey:
            return None

    @cached_property
    def inbox(self) -> Server | None:
        """The mailbox in which it comes back."""
        given = self.settings.mail.inbox
        if given is None:
            return None
        return Server(
            host=given.host,
            port=given.port or (993 if given.tls == "tls" else 143),
            tls=given.tls,
            user=given.user,
            secret=given.password.get_secret_value().strip(),
        )

    def draft(self, given: Given | Answer, leader: str = "", by: str | None = None) -> str:
        """What those who wrote are told of an answer, or of one that `leader`, or `by` in their place, is about to
        give."""
        who, by = (given.leader, given.by) if isinstance(given, Answer) else (leader, by)
        return draft(given, who=self.org.acting(who, by), organisation=self.settings.organisation.name)

    @property
    def answering(self) -> dict[str, str]:
        """What becomes of leaders' answers, by source: off, try or post."""
        return {name: source.options.answers for name, source in self.sources.items()}

    @cached_property
    def links(self) -> Links | None:
        """Signs links; None where no public address is set, or no key that can be relied on."""
        public = self.environment.public_url
        try:
            if public is None:
                return None
            key, *old = self.environment.require_secret_keys()
            return Links(key, public, old=old)
        except WeakKey:
            return None

    @contextmanager
    def writers(self, found: Eraser) -> Iterator[Written]:
        """Tells whether a raw item was written by somebody forgotten, as the connector of its source understands it."""
        with ExitStack() as stack:
            opened = {
                name: stack.enter_context(closing(source.open())) for name, source in sorted(self.sources.items())
            }

            def theirs(source: str, raw: Mapping[str, Any]) -> bool:
                try:
                    value = opened[source].normalise(raw)
                except Exception:  # of a source that is gone, or that was never understood
                    return False
                if isinstance(value, Issue):
                    key = f"{source}:{value.external_id}"
                    return key in found.words.keys or found.who.author(source, value.author) is not None
                return isinstance(value, Remark) and found.who.author(source, value.comment.author) is not None

            yield theirs

    @cached_property
    def sender(self) -> Sender:
        if self.environment.smtp_url is None:
            return FolderSender(self.mail_folder)
        smtp = Smtp(self.environment.smtp_url.get_secret_value(), keep=SMTP_KEPT)
        return LoggedSender(SmtpSender(smtp), self.sent_log)

    @property
    def mail_folder(self) -> Path:
        """Where mails are written without a mail server."""
        return self.directory / "digests"

    @property
    def sent_log(self) -> SentLog:
        return SentLog(self.environment.sent_log or self.directory / "sent.log")

    def due(self, period: Period, leader: str) -> datetime:
        """When this leader gets the digest of a period: on a day on which they work."""
        return self.house.due(period, leader)

    def windows(self, period: Period) -> dict[str, tuple[datetime, datetime]]:
        """When the preview of each leader's digest of a period opens, and when the digest goes; nobody's where there is
        none."""
        long = self.house.preview
        due = {leader: self.due(period, leader) for leader in self.org.leaders if long}
        return {leader: (max(period.end, at - long), at) for leader, at in due.items()}

    def require_secret_key(self) -> None:
        """Raises `Misconfigured` where LEAFNOTES_SECRET_KEY is missing, short or known."""
        try:
            self.environment.require_secret_keys()
        except WeakKey as error:
            raise Misconfigured([error.problem]) from None

    def require_safe_broker(self, say: Callable[[str], object]) -> None:
        """Waits for a broker that is away, and tells `say` why. Raises `Misconfigured` where it would lose the queue
        without saying so, or cannot be used at all."""
        problem = broker.settled(self.environment.broker_url, say) if self.environment.broker_url else None
        if problem is not None:
            raise Misconfigured([Problem("environment", 0, "LEAFNOTES_BROKER_URL", problem, "")])


def _with_sources(org: Org, sources: Mapping[str, Source]) -> Org:
    """What sources.yaml says of who owns and who may see."""
    return replace(_with_speak_up(org, sources), visible_to=narrowed(sources))


def narrowed(sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """The audiences of `visible_to:`, each with the ids that it names."""
    return {
        audience_of(name, None if project == EVERY_OTHER else project): tuple(names)
        for name, source in sorted(sources.items())
        for project, names in source.options.narrowed.items()
    }


def _with_speak_up(org: Org, sources: Mapping[str, Source]) -> Org:
    """Who writes on our own page says whom it concerns: that team owns the note, without a claim in org.yaml."""
    pages = [name for name, source in sorted(sources.items()) if source.connector is SpeakUp]
    if not pages:
        return org
    teams = {
        team.id: replace(team, owns=(*team.owns, *(Claim(source=name, group=team.id) for name in pages)))
        for team in org.teams.values()
    }
    return replace(org, teams=teams)


def _sources(loaded: Loaded, directory: Path) -> tuple[dict[str, Source], list[Problem]]:
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    for index, entry in enumerate(loaded.sources):
        kind = entry.get("kind")
        try:
            connector = connector_for(kind)
        except NoConnector as error:
            problems.append(loaded.sources_document.problem(("sources", index, "kind"), str(error), error.remedy))
            continue
        options = reader.validate(loaded.sources_document, connector.Options, at=("sources", index))
        if isinstance(options, list):
            problems += options
        elif getattr(options, "webhook_secrets", None) and _reads_no_webhooks(connector):
            says = f"no webhooks are read from {kind}; what changes is found at the next poll"
            problems.append(
                loaded.sources_document.problem(("sources", index, "webhook_secrets"), says, "Remove the key.")
            )
        elif options.answers != "off" and not issubclass(connector, Writer):
            says = f"{kind} cannot post answers; an agent or a lead sends them, from the answer page"
            problems.append(loaded.sources_document.problem(("sources", index, "answers"), says, "Remove the key."))
        else:
            found[options.name] = Source(options.name, options, connector, directory)
            code_of(connector.__module__)
    return found, problems


def chat_model(settings: Settings) -> ChatModel | None:
    """The language model of the settings. Raises `SourceError` where its address cannot be used."""
    options = settings.language_model
    if options.base_url is None or options.model is None:
        return None
    return ChatModel(
        options.base_url,
        options.model,
        api_key=options.api_key.get_secret_value() if options.api_key else None,
        timeout=span(options.timeout).total_seconds(),
        insecure=options.insecure,
    )


def _language_model_problems(loaded: Loaded) -> list[Problem]:
    try:
        chat_model(loaded.settings)
    except SourceError as error:
        message = str(error).removeprefix("base_url: ")
        return [loaded.settings_document.problem(("language_model", "base_url"), message)]
    return []


def oidc_provider(settings: Settings, public_url: str) -> Provider | None:
    """The provider of the settings. Raises `SourceError` where its address cannot be used."""
    options = settings.web.oidc
    if options is None:
        return None
    secret = options.client_secret
    client = Client(
        issuer=options.issuer,
        client_id=options.client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        redirect_uri=f"{public_url}{COMES_BACK}",
        insecure=options.insecure,
    )
    return Provider(client)


def _oidc_problems(loaded: Loaded) -> list[Problem]:
    try:
        oidc_provider(loaded.settings, "")
    except SourceError as error:
        message = str(error).removeprefix("base_url: ").replace("base_url", "issuer")
        return [loaded.settings_document.problem(("web", "oidc", "issuer"), message)]
    return []


def _reads_no_webhooks(connector: type[Connector[Any]]) -> bool:
    return getattr(connector.webhook, "__func__", None) is getattr(Connector.webhook, "__func__", None)


def _sending_days(found: Settings) -> Workdays:
    """The working days, and the weekday that settings.yaml asks for, outside of the working week too."""
    workdays, sending = to_workdays(found), found.digest
    asked = {periods.DAYS.index(sending.day)} if "day" in sending.model_fields_set else set()
    return replace(workdays, weekdays=workdays.weekdays | asked)


def to_workdays(found: Settings) -> Workdays:
    """The organisation's working days from its settings."""
    calendar = found.calendar
    return Workdays(
        weekdays=frozenset(periods.DAYS.index(day) for day in calendar.working_days),
        off=tuple(DaysOff(first=o.from_, last=o.last, teams=frozenset(o.teams)) for o in calendar.days_off),
    )


def to_ladder(found: Settings) -> Ladder:
    """The ladder of escalation from its settings."""
    given = found.escalation
    rules = {name: Rule(name=name, **entry.model_dump()) for name, entry in given.rules}
    accounts = {account_key(name): keeper for name, keeper in given.accounts.items()}
    if not accounts:
        rules["churn"] = replace(rules["churn"], enabled=False)
    return Ladder(
        rules=rules,
        opens=given.opens,
        closes=given.closes,
        per_day=given.per_day,
        per_week=given.per_week,
        accounts=accounts,
    )


def to_asking(found: Settings) -> Asking | None:
    """How the organisation asks its people, from its settings; None where it does not."""
    given = found.check_in
    if not given.enabled:
        return None
    return Asking(
        day=given.day,
        hour=given.hour,
        teams=given.teams,
        questions=dict(given.questions),
        free_line=given.free_line,
    )


def to_org(file: OrgFile, day: date) -> Org:
    """The org chart's values on a day, from its validated files."""
    people = {
        p.id: Person(
            id=p.id,
            name=p.name,
            email=p.email,
            timezone=p.timezone,
            language=p.language,
            team=held(p.team, day),
            accounts=dict(p.accounts),
        )
        for p in file.people
    }
    teams = {
        t.id: Team(
            id=t.id,
            name=t.name,
            parent=held(t.parent, day),
            leader=held(t.leader, day),
            size=t.size,
            owns=tuple(_claim(claim) for claim in t.owns),
            hears=tuple(_claim(claim) for claim in t.hears),
        )
        for t in file.teams
    }
    return Org(people=people, teams=teams, fallback=file.fallback)


def _claim(claim: Any) -> Claim:
    return Claim(
        source=claim.source,
        project=claim.project,
        label=claim.label,
        component=claim.component,
        group=claim.group,
        path=claim.path,
    )
