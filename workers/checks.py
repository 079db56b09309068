"""Everything that `leafnotes check` looks at, all of it, however much is wrong."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config.document import Loc, key_of
from config.environment import WeakKey
from config.reader import nearest
from connectors.base import EVERY_OTHER, SourceError
from connectors.mailbox import Mailbox
from connectors.smtp import Folder, Smtp
from connectors.speak_up import SpeakUp
from pipeline import escalate, periods
from pipeline.digest import words
from pipeline.org_check import problems as org_problems
from pipeline.store import db, issues, schema
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
    found += [*org_findings(deployment), *_audiences(deployment), *_signing_in(deployment), *_contacts(deployment)]
    found += [*_key(deployment), *_check_in(deployment), *_by_hand(deployment), *_preview(deployment)]
    if not offline:
        for look in (_database, _projects, _accounts, _broker, _mail, _language_model, _provider, _sources):
            found += look(deployment)
        deployment.database.dispose()
    return found


def org_findings(deployment: Deployment) -> Iterator[Finding]:
    """What is wrong or worth knowing about the org chart."""
    where: Callable[[str, str], str] = deployment.loaded.where
    for finding in org_problems(deployment.org, sources=set(deployment.sources), where=where):
        yield Finding(finding.level, finding.where, finding.message)


def _audiences(deployment: Deployment) -> Iterator[Finding]:
    """Names in `visible_to:` that nobody has: nothing is shown by them, and somebody may be meant."""
    org, document = deployment.org, deployment.loaded.sources_document
    for loc, name in _named(deployment):
        key, where = key_of(loc), f"{document.file}:{document.line(loc)}"
        if name not in org.people and name not in org.teams:
            close = nearest(name, [*org.people, *org.teams])
            remedy = f"Did you mean {close}?" if close else "Write the id of a person or of a team."
            says = f"{key}: {name!r} is neither a person nor a team of the org chart, so it lets nobody see. {remedy}"
            yield Finding("error", where, says)
        elif name in org.people and name in org.teams:
            says = f"{key}: {name!r} is a person and a team; the person is meant here. Give one of them another id."
            yield Finding("warning", where, says)


def _named(deployment: Deployment) -> Iterator[tuple[Loc, str]]:
    """Every name in `visible_to:`, and where it stands."""
    for at, entry in enumerate(deployment.loaded.sources):
        options = deployment.sources[str(entry["name"])].options
        for project, names in options.narrowed.items():
            inside: Loc = () if isinstance(options.visible_to, list) else (project,)
            for place, name in enumerate(names):
                yield ("sources", at, "visible_to", *inside, place), name


def _projects(deployment: Deployment) -> Iterator[Finding]:
    """Projects in `visible_to:` that no stored issue has: a mistyped one narrows nothing."""
    try:
        known = {name: _stored(deployment, name) for name in deployment.sources}
    except SQLAlchemyError:
        return  # the database has its own finding
    document = deployment.loaded.sources_document
    for at, entry in enumerate(deployment.loaded.sources):
        name = str(entry["name"])
        there = {project.casefold() for project in known[name]}
        for project in deployment.sources[name].options.narrowed if there else ():
            if project != EVERY_OTHER and project.casefold() not in there:
                loc: Loc = ("sources", at, "visible_to", project)
                close = nearest(project, sorted(known[name]))
                says = f"{key_of(loc)}: no stored issue of {name} has this project, so nothing is narrowed by it"
                more = f". Did you mean {close}?" if close else ". Write it as `leafnotes issues` shows it."
                yield Finding("warning", f"{document.file}:{document.line(loc)}", says + more)


def _accounts(deployment: Deployment) -> Iterator[Finding]:
    """Important accounts that no stored issue comes from: they may be spelt in another way there."""
    named = deployment.settings.escalation.accounts
    if not named:
        return
    try:
        with db.reading(deployment.database) as session:
            known = {escalate.account_key(one): one for one in issues.accounts(session)}
    except SQLAlchemyError:
        return  # the database has its own finding
    document = deployment.loaded.settings_document
    listed = isinstance(document.at(("escalation", "accounts")), list)
    for place, name in enumerate(named):
        if escalate.account_key(name) not in known:
            loc: Loc = ("escalation", "accounts", place if listed else name)
            close = nearest(name, sorted(known.values()))
            more = f" Did you mean {close}?" if close else ""
            says = f"{key_of(loc)}: no stored issue comes from {name!r}, so nobody is called for it yet.{more}"
            yield Finding("note", f"{document.file}:{document.line(loc)}", says)


def _stored(deployment: Deployment, source: str) -> Sequence[str]:
    if not deployment.sources[source].options.narrowed:
        return ()
    with db.reading(deployment.database) as session:
        return issues.projects(session, source)


def _signing_in(deployment: Deployment) -> Iterator[Finding]:
    """Whether those whom the provider signs in can come back, and are people of the org chart."""
    options, document = deployment.settings.web.oidc, deployment.loaded.settings_document
    if options is None:
        return
    where = f"{document.file}:{document.line(('web', 'oidc'))}"
    if deployment.environment.public_url is None:
        says = (
            "web.oidc: nobody can come back from the provider without LEAFNOTES_PUBLIC_URL. Set it, or remove the key."
        )
        yield Finding("error", where, says)
    named = [(("subjects", subject), person) for subject, person in options.subjects.items()]
    named += [(("operators", place), person) for place, person in enumerate(options.operators)]  # type: ignore[misc]
    for inside, person in named:
        if person not in deployment.org.people:
            loc: Loc = ("web", "oidc", *inside)
            close = nearest(person, [*deployment.org.people])
            remedy = f"Did you mean {close}?" if close else "Write the id of a person."
            says = f"{key_of(loc)}: {person!r} is no person of the org chart. {remedy}"
            yield Finding("error", f"{document.file}:{document.line(loc)}", says)


def _provider(deployment: Deployment) -> Iterator[Finding]:
    document = deployment.loaded.settings_document
    where = f"{document.file}:{document.line(('web', 'oidc', 'issuer'))}"
    for problem in deployment.provider.check() if deployment.provider is not None else ():
        yield Finding("error", where, f"web.oidc.issuer: {problem}")


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
        deployment.environment.require_secret_keys()
    except WeakKey as error:
        yield Finding("error", "LEAFNOTES_SECRET_KEY", f"{error.problem.message} {error.problem.remedy}")


def _check_in(deployment: Deployment) -> Iterator[Finding]:
    """Whether people can be asked in the words that the settings have."""
    given = deployment.settings.check_in
    if not given.enabled:
        return
    if deployment.environment.public_url is None:
        yield Finding("error", "settings.yaml check_in", "nobody is asked: LEAFNOTES_PUBLIC_URL is not set")
    if given.free_line and all(source.connector is not SpeakUp for source in deployment.sources.values()):
        says = "free_line needs a source of kind speak-up; add `- {name: speak-up, kind: speak-up}` to sources.yaml"
        yield Finding("error", "settings.yaml check_in.free_line", says)
    for name, question in given.questions:
        for word in words.blame(question):
            says = f"leaf notes do not say {word!r}, so those with this question would be held; say it in other words"
            yield Finding("error", f"settings.yaml check_in.questions.{name}", says)


def _by_hand(deployment: Deployment) -> Iterator[Finding]:
    """That leaf notes wait for a person, so that nobody wonders why none arrive."""
    given, document = deployment.settings.digest.by_hand, deployment.loaded.settings_document
    if given == 0:
        return
    which = (
        "of every week" if given == "always" else f"of the first {given} weeks" if given > 1 else "of the first week"
    )
    says = f"digest.by_hand: the leaf notes {which} wait until somebody releases them: `leafnotes release`"
    yield Finding("note", f"{document.file}:{document.line(('digest', 'by_hand'))}", says)


def _preview(deployment: Deployment) -> Iterator[Finding]:
    """Whether leaders have as long to look as they were promised: the week ends late, and nothing is shown before."""
    period = periods.last_ended(deployment.now(), deployment.zone)
    asked = deployment.house.preview
    short = {leader: at - opens for leader, (opens, at) in deployment.windows(period).items() if at - opens < asked}
    if not short:
        return
    hours = int(min(short.values()).total_seconds() // 3600)
    says = (
        f"the week ends {hours}h before the leaf notes go to {len(short)} of {len(deployment.org.leaders)} leaders, so "
        f"what they will read is shown for {hours}h and not for {deployment.settings.digest.preview}"
    )
    problem = deployment.loaded.settings_document.problem(("digest", "preview"), says, "Send them later: day: tuesday.")
    yield Finding("warning", problem.where, problem.says)


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
        problem = Folder(deployment.mail_folder).check().problem
        if problem is not None:
            says = f"not set, and {problem}. Make the folder one that can be written, or name a mail server"
            yield Finding("error", "LEAFNOTES_SMTP_URL", says)
        return
    log = deployment.sent_log.path
    if not os.access(log if log.exists() else log.parent, os.W_OK):
        says = f"{log} cannot be written, so after a restore mails may go out twice; name a file that can"
        yield Finding("warning", "LEAFNOTES_SENT_LOG", f"{says} (docs/operations.md)")
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
