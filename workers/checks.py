"""Everything that `leafnotes check` looks at, all of it, however much is wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config.environment import WeakKey
from connectors.base import SourceError
from connectors.mailbox import Mailbox
from connectors.smtp import Smtp
from pipeline import escalate
from pipeline.org_check import problems as org_problems
from pipeline.store import schema
from workers import broker
from workers.wiring import Deployment, chat_model


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    """error, warning or note."""
    where: str
    message: str


def every_problem(directory: Path, as_of: datetime | None, *, offline: bool) -> list[Finding]:
    """All findings, errors of the files first. What cannot be looked at because of an earlier error is not guessed."""
    deployment, problems = Deployment.survey(directory, as_of=as_of)
    found = [Finding("error", problem.where, problem.says) for problem in problems]
    if deployment is None:
        return found
    found += [*org_findings(deployment), *_contacts(deployment), *_key(deployment)]
    if not offline:
        for look in (_database, _broker, _mail, _language_model, _sources):
            found += look(deployment)
    return found


def org_findings(deployment: Deployment) -> Iterator[Finding]:
    """What is wrong or worth knowing about the org chart."""
    where: Callable[[str, str], str] = deployment.loaded.where
    for finding in org_problems(deployment.org, sources=set(deployment.sources), where=where):
        yield Finding(finding.level, finding.where, finding.message)


def _contacts(deployment: Deployment) -> Iterator[Finding]:
    """Matters that go to named people alone, where nobody is named: then they reach no one, and are in no digest."""
    document = deployment.loaded.settings_document
    for name in sorted(escalate.SEALED):
        if not deployment.house.ladder.rules[name].tell:
            says = f"names nobody, so an issue about {_ABOUT[name]} reaches no one: it is in no digest either"
            remedy = f"Write people of org.yaml there, as escalation: {{rules: {{{name}: {{tell: [ada, grace]}}}}}}."
            problem = document.problem(("escalation", "rules", name, "tell"), says, remedy)
            yield Finding("warning", problem.where, problem.says)


_ABOUT = {"legal": "a legal matter", "safety": "somebody's health", "security": "a weakness in security"}


def _key(deployment: Deployment) -> Iterator[Finding]:
    """Whether there is a key, where something is signed with it: links, and what is sent."""
    if deployment.environment.smtp_url is None and deployment.environment.public_url is None:
        return
    try:
        deployment.environment.require_secret_key()
    except WeakKey as error:
        yield Finding("error", "LEAFNOTES_SECRET_KEY", f"{error.problem.message} {error.problem.remedy}")


def _database(deployment: Deployment) -> Iterator[Finding]:
    try:
        version = schema.version(deployment.database)
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        yield Finding("error", "LEAFNOTES_DATABASE_URL", f"the database cannot be reached: {reason}")
        return
    if version != schema.head() and deployment.database.dialect.name != "sqlite":
        yield Finding("error", "LEAFNOTES_DATABASE_URL", "the database is not at this version: run `leafnotes migrate`")


def _broker(deployment: Deployment) -> Iterator[Finding]:
    url = deployment.environment.broker_url
    if url is None:
        return
    problem = broker.problem(url)
    if problem is not None:
        yield Finding("error", "LEAFNOTES_BROKER_URL", problem)


def _mail(deployment: Deployment) -> Iterator[Finding]:
    yield from _returns(deployment)
    url = deployment.environment.smtp_url
    if url is None:
        yield Finding(
            "note", "LEAFNOTES_SMTP_URL", "not set: mails are written to the folder digests/ instead of being sent"
        )
        return
    found = Smtp(url.get_secret_value()).check()
    if found.problem is not None:
        yield Finding("error", "LEAFNOTES_SMTP_URL", found.problem)


def _returns(deployment: Deployment) -> Iterator[Finding]:
    """Whether what comes back by mail can be read and believed."""
    mail = deployment.settings.mail
    if mail.replies is None and mail.bounces is None:
        return
    if deployment.returns is None:
        yield Finding("error", "settings.yaml mail", "replies and bounces need LEAFNOTES_SECRET_KEY, which signs them")
    if mail.replies is not None and mail.trusted_results is None:
        says = "trusted_results is not set, so every reply waits for a person (docs/mail.md)"
        yield Finding("warning", "settings.yaml mail", says)
    if deployment.inbox is not None and mail.inbox is not None:
        try:
            with Mailbox(deployment.inbox) as box:
                box.open(mail.inbox.folder)
        except SourceError as error:
            yield Finding("error", "settings.yaml mail.inbox", str(error))


def _language_model(deployment: Deployment) -> Iterator[Finding]:
    model = chat_model(deployment.settings)
    problem = model.check() if model is not None else None
    if problem is not None:
        yield Finding("error", "settings.yaml language_model", f"{problem.rstrip('.')}. Nothing else needs it")


def _sources(deployment: Deployment) -> Iterator[Finding]:
    for name, source in sorted(deployment.sources.items()):
        try:
            with closing(source.open()) as connector:
                problems = connector.check()
        except SourceError as error:
            problems = [str(error)]
        except Exception as error:  # a foreign connector may raise anything; the other sources are still looked at
            problems = [f"{type(error).__name__}: {error}"]
        for problem in problems:
            yield Finding("error", f"source {name}", problem)
