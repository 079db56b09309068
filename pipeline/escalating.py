"""What cannot wait goes to a leader now, and climbs until somebody answers.

    concern    issues that are tagged, or were called for, changed: look at them
    by_name    a person asks for it by name
    escalate   one issue, and whatever waits beside it: begin, tell whoever is next, or end; one transaction
    recheck    what is about to be sent is still true, may still be shown, and it is an hour at which to call
    surveyed   what a look at the running week found: pains that surge, and people who carry too much
    outages    pains of which many people write within two hours, now
    act        what a reader said on the page, or in a reply

Steps like those of `pipeline.steps`: they load, decide with `pipeline.escalate`, and save, in the session that they are
given.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pipeline import escalate as ladder
from pipeline import privacy, standing_in
from pipeline.classify import stakes
from pipeline.clean import one_line
from pipeline.digest import mime
from pipeline.digest.call import Call, Case, compose
from pipeline.digest.index import hears, names_of
from pipeline.digest.material import Voice
from pipeline.escalate import Asked, Cry, Hours, NotNow, Pull, Rest, Rule, Tell, Unreachable
from pipeline.house import House
from pipeline.links import to_store
from pipeline.prose import prose
from pipeline.store import (
    answers,
    audit,
    digests,
    escalations,
    issues,
    listeners,
    objections,
    registry,
    returned,
    work,
)
from pipeline.store.authors import author_of
from pipeline.store.digests import StoredDigest
from pipeline.store.escalations import Escalation, Subject
from pipeline.store.material import voice
from pipeline.surveying import Found

KIND = "escalate"
INCIDENT = "An incident is open already."
LONGEST = 300
"""Letters of a line that a reader or a person writes beside it."""


def ask(session: Session, ids: Sequence[int]) -> None:
    work.request_each(session, KIND, [str(one) for one in ids])


def concern(session: Session, source: str, names: Sequence[str]) -> None:
    """These issues of a source changed: those that are tagged, or wait for an answer, are looked at."""
    ask(session, escalations.ids_of(session, source, names))


def judged(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Look at those of these issues for whom somebody may have to be called, now that they have a verdict."""
    ask(session, escalations.grave(session, ids, now - ladder.FRESH))


def wake(session: Session, now: datetime) -> None:
    """Look at every escalation whose next moment has come."""
    ask(session, escalations.due(session, now))


def joined(session: Session, now: datetime) -> None:
    """Look at what harms and has come into a pain: others may tell of it too."""
    ask(session, escalations.joined(session, now - ladder.FRESH))


def by_name(session: Session, issue_id: int, note: str | None, house: House, now: datetime) -> Escalation:
    """A person asks that an issue goes to a leader now. Raises `NotNow` where that cannot be, or is so already."""
    escalations.lock(session)
    subject, kept = escalations.subject(session, issue_id), escalations.of_issue(session, issue_id)
    if subject is None:
        raise NotNow("it has no verdict yet; run `leafnotes classify` first")
    if subject.issue.state != "open":
        raise NotNow(f"it is {subject.issue.state} in its source")
    rule = ladder.rule_for(_pull(session, subject, house, person=True))
    if rule is None:
        raise NotNow("it is private, muted or a matter of persons: nobody is called for it")
    if not house.ladder.rules[rule].enabled:
        raise NotNow(f"{rule} is switched off in settings.yaml: escalation.rules.{rule}.enabled")
    if note is not None and names_of(house.org).in_quote(note):
        raise NotNow("the note names somebody of the organisation; say it without names")
    missing = nobody(session, house, house.ladder.rules[rule], subject, now)
    if missing is not None:
        raise Unreachable(f"nobody can be told: {missing}")
    aside = kept is not None and kept.rule in ladder.ASIDE
    if kept is not None and not aside and kept.state not in ("withdrawn", "closed", "digest"):
        raise NotNow(f"it was escalated on {kept.at:%Y-%m-%d %H:%M} UTC already: {kept.state}")
    if kept is not None and kept.rule == rule:
        again = {"state": "open", "at": now, "look_at": now, "ended_at": None, "ended_by": None, "said": None}
        escalations.change(session, kept.id, **again, person=True, note=note)
    else:
        if kept is not None and aside:
            escalations.end(session, kept.id, "withdrawn", now)
        _write(session, issue_id, subject, rule, now, person=True, note=note)
    ask(session, [issue_id])
    named = f"issue {subject.issue.source}:{subject.issue.external_id}"
    audit.record(session, audit.By("operator"), "escalate", named, version=rule)
    found = escalations.of_issue(session, issue_id)
    assert found is not None
    return found


def _write(session: Session, issue_id: int, subject: Subject, rule: str, now: datetime, **more: Any) -> None:
    issue, pain = subject.issue, subject.pain
    thread = escalations.thread_of(session, pain) if pain is not None else None
    own = f"pain:{pain}" if pain is not None else f"issue:{issue.source}:{issue.external_id}"
    values = {"thread": thread or own[:300], **more}
    name = f"{issue.source}:{issue.external_id}"
    escalations.begin(session, issue_id=issue_id, name=name, rule=rule, source=issue.source, at=now, **values)


def escalate(session: Session, issue_id: int, house: House, now: datetime) -> None:
    """One issue's next step, and that of all that wait beside it, the gravest first: who reads of it today is the same
    whatever came in first and however many workers there are. Any number of calls at one moment does it once."""
    escalations.lock(session)
    asked = work.wanted(session, KIND)
    done: dict[str, int] = {}
    for one in escalations.ranked(session, {issue_id, *map(int, asked), *escalations.due(session, now)}):
        if one == issue_id:
            _step(session, one, house, now)
            continue
        try:
            with session.begin_nested():
                _step(session, one, house, now)
        except Exception:  # noqa: S112 - one that fails stops no other; it says why in its own turn
            continue
        if str(one) in asked:
            done[str(one)] = asked[str(one)]
    work.settle(session, KIND, done)


def _step(session: Session, issue_id: int, house: House, now: datetime) -> None:
    subject = escalations.subject(session, issue_id)
    if subject is None:
        return
    kept = escalations.of_issue(session, issue_id)
    if kept is None or (kept.rule in ladder.ASIDE and "escalate" in subject.issue.tags):
        begun = _begin(session, issue_id, subject, house, now)
        if begun is not None and kept is not None:
            escalations.end(session, kept.id, "withdrawn", now)  # the leads are asked now
        kept = begun or kept
    if kept is None or not kept.waits:
        return
    over = _over(session, kept, subject, house)
    if over is not None:
        escalations.end(session, kept.id, over.state, now, by=over.by)
        sealed = over.state == "withdrawn" and ladder.rule_for(_pull(session, subject, house, person=kept.person))
        if sealed in ladder.SEALED and sealed != kept.rule:  # it goes on to the few who may read it
            _write(session, issue_id, subject, sealed, now, person=kept.person)
            _step(session, issue_id, house, now)
        return
    if kept.state == "open":
        _go_on(session, kept, subject, house, now)


def _begin(session: Session, issue_id: int, subject: Subject, house: House, now: datetime) -> Escalation | None:
    """Write an escalation down where a rule says so; None where nobody is called."""
    issue, fresh = subject.issue, now - ladder.FRESH
    if issue.state != "open" or max(issue.created_at, issue.updated_at) < fresh:
        return None
    pull = _pull(session, subject, house, person=False)
    name = ladder.rule_for(pull)
    if name is None or (issue.updated_at if pull.asked else issue.created_at) < fresh:
        return None
    if not house.ladder.rules[name].enabled:
        return None
    if not pull.asked and not _rungs(session, house, house.ladder.rules[name], subject, now):
        return None
    if name == "harm" and not _harms(session, issue_id, subject, now):
        return _leaving(session, issue_id, subject, house, now) if pull.leaving else None
    if name == "churn":
        return _leaving(session, issue_id, subject, house, now)
    return _start(session, issue_id, subject, name, now)


def _harms(session: Session, issue_id: int, subject: Subject, now: datetime) -> bool:
    """Whether this is the issue that speaks of a pain that harms, and nobody was called for it lately."""
    if subject.pain is None or _known(session, subject.pain, now):
        return False
    return escalations.spokesman(session, subject.pain, now - ladder.FRESH) == issue_id


def _leaving(session: Session, issue_id: int, subject: Subject, house: House, now: datetime) -> Escalation | None:
    """An important account speaks of leaving. What it writes in the week after such a call is no news."""
    rule, about = house.ladder.rules["churn"], hashlib.blake2b(_account(subject).encode("utf-8", "replace"))
    thread = f"account:{about.hexdigest()[:32]}"
    last = escalations.last_in_thread(session, thread)
    if not rule.enabled or (last is not None and last >= now - ladder.FRESH):
        return None
    if not _rungs(session, house, rule, subject, now):
        return None
    return _start(session, issue_id, subject, rule.name, now, thread=thread)


def _account(subject: Subject) -> str:
    return ladder.account_key(subject.issue.account or "")


def _keeper(subject: Subject, house: House) -> str | None:
    return house.ladder.accounts.get(_account(subject)) if _is_important(subject, house) else None


def _is_important(subject: Subject, house: House) -> bool:
    """Whether a customer wrote it whose account the settings name."""
    issue = subject.issue
    if issue.account is None or _account(subject) not in house.ladder.accounts:
        return False
    who = author_of(house.org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id)
    return who[0] is not None and who[1] == "customer"


def _start(
    session: Session, issue_id: int, subject: Subject, rule: str, now: datetime, **more: Any
) -> Escalation | None:
    told, wrong = escalations.pulls(session, now - ladder.MONTH).get((rule, subject.issue.source), (0, 0))
    if ladder.demoted(rule, told, wrong):
        more |= {"state": "digest", "ended_at": now, "look_at": None}
    _write(session, issue_id, subject, rule, now, **more)
    return escalations.of_issue(session, issue_id)


def surveyed(session: Session, found: Sequence[Found], house: House, now: datetime) -> None:
    """Call for what a look at the running week found, each through the first of its issues that nobody was called for.
    Who was called for a pain, or for a team's people, within a month is not called again."""
    escalations.lock(session)
    for one in found:
        thread = None if one.team is None else f"load:{one.team}"
        last = None if thread is None else escalations.last_in_thread(session, thread)
        if last is not None and last >= now - ladder.MONTH:
            continue
        if one.pain is not None and _known(session, one.pain, now):
            continue
        for key in one.issues:
            if _called(session, key, one.rule, thread, house, now):
                break


def outages(session: Session, house: House, now: datetime) -> None:
    """Call, once, for each pain of which at least five people wrote within two hours and the newest of them just now.
    One query where nothing is wrong."""
    busy = escalations.busy(session, now)
    if not busy or not house.ladder.looks_for_outages:
        return
    escalations.lock(session)
    for pain in busy:
        called = escalations.last_outage(session, pain)
        since = min(called or now, now - ladder.BURST) - ladder.BURST
        heard = _heard(session, pain, since, house)
        if not ladder.breaks_out((cry for cry, _, _ in heard), now, called):
            continue
        fresh = [one for one in heard if one[0].at >= now - 2 * ladder.BURST and not one[2]]
        for _, key, _ in sorted(fresh, key=lambda one: (one[1][0], one[0].at, one[1])):
            if _called(session, key[1], "outage_like", None, house, now):
                break


def _heard(session: Session, pain: str, since: datetime, house: House) -> list[tuple[Cry, tuple[bool, str], bool]]:
    """Who wrote of a pain that may be counted, each with (whether it is staff, "source:external_id") and whether the
    issue is tender. Bots, and notes without any name, are nobody that could be told from another."""
    audience, found = escalations.audience_of(session, pain), []
    for issue, verdict in escalations.told_of(session, pain, since):
        named = {signal.name for signal in verdict.signals}
        if registry.hidden(issue.tags, named) or house.org.audience(issue.source, issue.project) != audience:
            continue
        author, role, _ = author_of(
            house.org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id
        )
        if author is None or not (issue.author or issue.account):
            continue
        key = (role == "staff", f"{issue.source}:{issue.external_id}")
        found.append((Cry(issue.created_at, author), key, not privacy.TENDER.isdisjoint(named)))
    return found


def _called(session: Session, key: str, rule: str, thread: str | None, house: House, now: datetime) -> bool:
    issue_id = issues.row_id(session, key)
    subject = None if issue_id is None else escalations.subject(session, issue_id)
    if issue_id is None or subject is None or subject.issue.state != "open" or escalations.of_issue(session, issue_id):
        return False
    pull = _pull(session, subject, house, person=False)
    if not ladder.NEVER.isdisjoint(pull.tags) or "hr" in pull.signals or ladder.rule_for(pull) in ladder.SEALED:
        return False
    if not _rungs(session, house, house.ladder.rules[rule], subject, now):
        return False
    _start(session, issue_id, subject, rule, now, **({} if thread is None else {"thread": thread}))
    ask(session, [issue_id])
    return True


def _known(session: Session, pain: str, now: datetime) -> bool:
    """Whether somebody was called for this pain lately, or answered it: then one more voice is no news."""
    lately = escalations.last_of_pain(session, pain)
    called = lately is not None and lately >= now - ladder.MONTH
    return called or any(answer.honest for answer in answers.of_pain(session, pain))


def _pull(session: Session, subject: Subject, house: House, *, person: bool) -> Pull:
    issue, verdict = subject.issue, subject.verdict
    grave = verdict.severity >= ladder.HARM
    asked = subject.pain if grave else None  # how many tell of harm is asked of what harms alone
    people = 1 if asked is None else escalations.harmed(session, asked, house.org, ladder.PEOPLE)
    return Pull(
        tags=frozenset(issue.tags),
        signals=frozenset(signal.name for signal in verdict.signals),
        severity=verdict.severity,
        side=verdict.side,
        people=people,
        safety=grave and verdict.side != "none" and stakes.safety(issue.title, prose(issue.body)),
        person=person,
        important=_is_important(subject, house),
    )


def _rungs(session: Session, house: House, rule: Rule, subject: Subject, now: datetime) -> tuple[str, ...]:
    """Who can be told, in order: of those whom the rule names the ones who may see the issue, without those who paused
    and those whose mails come back. Who reads in the place of one who paused stands there, once; what is sealed or
    goes out at any hour goes to those whom it names and to nobody else."""
    away = standing_in.away(session, house.org)
    paused = {leader for leader in away.listening if away.since(leader, now) is not None}
    places = {} if rule.sealed or rule.at_once else away.places(house.org, now)
    unreachable = (paused | away.unheard.keys()) - places.keys()
    home, keeper = _home(rule, subject, house), _keeper(subject, house)
    rungs = ladder.ladder(rule, house.org, home, unreachable, keeper=keeper)
    acting = dict.fromkeys(places.get(one, one) for one in rungs)
    return tuple(one for one in acting if house.org.may_open(one, _audience(subject, house)))


def _instead_of(session: Session, house: House, rule: Rule, subject: Subject, reader: str, now: datetime) -> str | None:
    """The leader in whose place this reader is told, where they stand on the ladder for nothing else."""
    own = ladder.ladder(rule, house.org, _home(rule, subject, house), keeper=_keeper(subject, house))
    if rule.sealed or rule.at_once or reader in own:
        return None
    places = standing_in.away(session, house.org).places(house.org, now)
    return next((leader for leader in own if places.get(leader) == reader), None)


def nobody(session: Session, house: House, rule: Rule, subject: Subject, now: datetime) -> str | None:
    """Why nobody can be told of an issue by a rule, and what an operator can do; None where somebody can."""
    if _rungs(session, house, rule, subject, now):
        return None
    if not rule.tell:
        key = f"escalation.rules.{rule.name}.tell"
        return f"{key} in settings.yaml names nobody; write ids of people there who have an e-mail address in org.yaml"
    home = _home(rule, subject, house)
    named = ladder.named(rule, house.org, home, _keeper(subject, house))
    if not named:
        team = home if home in house.org.teams else house.org.fallback
        return f"neither {team} nor a team above it has a leader; name one in org.yaml"
    paused, unheard = listeners.paused(session, now), returned.unheard(session, house.org)
    return "; ".join(_unreached(one, subject, house, paused, unheard) for one in named)


def _unreached(one: str, subject: Subject, house: House, paused: Collection[str], unheard: Collection[str]) -> str:
    """Why one who is named cannot be told."""
    person = house.org.people.get(one)
    if person is None or not person.email:
        return f"{one} has no e-mail address; write one in org.yaml"
    if one in unheard:
        return f"mails to {one} come back; correct the address in org.yaml, or `leafnotes receive --clear {one}`"
    if one in paused:
        return f"{one} paused their mails; they go on when {one} says so, or name somebody else too"
    return f"{one} may not see issues of {_audience(subject, house)}; add them to visible_to in sources.yaml"


def _audience(subject: Subject, house: House) -> str:
    return house.org.audience(subject.issue.source, subject.issue.project)


def _home(rule: Rule, subject: Subject, house: House) -> str | None:
    """The team whose leads are told: the issue's own, or that of the people who carry too much."""
    if rule.name != "agent_load":
        return subject.leaf
    issue = subject.issue
    _, _, team = author_of(house.org, issue.source, issue.author, issue.author_role, issue.account, issue.external_id)
    if team is not None and hears(house.org, team):
        return team
    return subject.heard_by[0] if subject.heard_by else subject.leaf


@dataclass(frozen=True, slots=True)
class _Over:
    state: str
    by: str | None = None


def _over(session: Session, kept: Escalation, subject: Subject, house: House) -> _Over | None:
    """Why an escalation ends, None while it waits."""
    if subject.issue.state != "open":
        return _Over("closed")
    if not house.ladder.rules[kept.rule].enabled:
        return _Over("withdrawn")
    pull = _pull(session, subject, house, person=kept.person)
    now_by = ladder.rule_for(pull)
    taken_back = {"escalate": not pull.asked, "churn": not pull.leaving}.get(kept.rule, False)
    if now_by is None or taken_back:
        if kept.rule not in ladder.WHILE_SO or not ladder.NEVER.isdisjoint(pull.tags) or "hr" in pull.signals:
            return _Over("withdrawn")
    elif now_by in ladder.SEALED and now_by != kept.rule and kept.rule not in ladder.SEALED:
        return _Over("withdrawn")
    if subject.pain is None or kept.rule in ladder.SEALED:
        return None
    accountable = {
        *ladder.leads(house.org, _home(house.ladder.rules[kept.rule], subject, house)),
        *(one.reader for one in kept.told),
    }
    answer = ladder.answered(answers.of_pain(session, subject.pain), kept.at, accountable)
    return _Over("answered", answer.leader) if answer is not None else None


def _go_on(session: Session, kept: Escalation, subject: Subject, house: House, now: datetime) -> None:
    rule = house.ladder.rules[kept.rule]
    rungs = _rungs(session, house, rule, subject, now)
    step = ladder.next_step(
        rule,
        rungs,
        [Asked(reader=one.reader, at=one.at, due=one.due, failed=one.lost) for one in kept.asked],
        since=kept.at,
        snoozed_until=kept.snoozed_until,
        now=now,
        free=lambda reader: _free(session, house, rule, reader, now),
        hours=lambda reader: hours(house, reader),
    )
    if isinstance(step, Tell):
        _tell(session, kept, subject, house, step, now)
        escalations.change(session, kept.id, look_at=step.due)
    elif isinstance(step, Rest) and step.state == "top":
        escalations.change(session, kept.id, state="top", look_at=None)
    elif isinstance(step, Rest):
        escalations.end(session, kept.id, step.state, now)
    else:
        escalations.change(session, kept.id, look_at=step.until)


def hours(house: House, reader: str) -> Hours:
    return house.ladder.hours(house.org, reader, house.zone, house.workdays)


def _free(session: Session, house: House, rule: Rule, reader: str, now: datetime) -> datetime:
    sent = escalations.calls(session, reader, now - timedelta(days=9))
    free = ladder.free_day if rule.at_once else ladder.free_at
    return free(hours(house, reader), now, sent, house.ladder.per_day, house.ladder.per_week)


def _tell(session: Session, kept: Escalation, subject: Subject, house: House, step: Tell, now: datetime) -> None:
    """One mail to whoever is asked, and copies to those before who may have one today."""
    rule, number = house.ladder.rules[kept.rule], len(kept.asked)
    seeing = [one for one in step.copies if house.org.may_open(one, _audience(subject, house))]
    free = [one for one in seeing if rule.beside or _free(session, house, rule, one, now) <= now]
    for reader, copy in ((step.reader, 0), *((one, number) for one in free)):
        told = escalations.Told(
            reader=reader,
            copy=copy,
            number=number,
            at=now,
            due=step.due,
            digest_id=0,
            lost=False,
            instead_of=_instead_of(session, house, rule, subject, reader, now),
        )
        call = _compose(session, kept, subject, house, told, step.reader, now)
        name = f"{kept.name}.{number}"
        digest = digests.call(session, reader, name, to_store(call.to_json(), house.links), now)
        escalations.tell(
            session,
            kept.id,
            reader=reader,
            copy=copy,
            number=number,
            at=now,
            due=step.due,
            counts=not rule.beside,
            digest_id=digest,
            instead_of=told.instead_of,
        )
        address = house.org.people[reader].email or ""
        mail = digests.address(session, digest, address, mime.message_id(house.domain, reader, name, 1))
        work.request(session, "deliver", str(mail))


def _compose(
    session: Session,
    kept: Escalation,
    subject: Subject,
    house: House,
    told: escalations.Told,
    asked: str,
    now: datetime,
) -> Call:
    rule = house.ladder.rules[kept.rule]
    rungs = _rungs(session, house, rule, subject, now)
    after = rungs[rungs.index(told.reader) + 1 :] if told.reader in rungs else ()
    whom = asked if told.copy else (after[0] if after else None)
    page = None
    if house.links is not None:
        page = house.links.to("escalation", reader=told.reader, made_at=told.at, about=kept.name)
    call = compose(
        Case(
            rule=rule,
            voice=_voice(session, subject, house),
            reader=told.reader,
            copy=told.copy > 0,
            org=house.org,
            home=_home(rule, subject, house),
            names=names_of(house.org),
            sources=house.kinds,
            pain_title=subject.pain_title if subject.pain_audience == _audience(subject, house) else None,
            person=kept.person,
            note=kept.note,
            at=told.at,
            due=told.due,
            zone=hours(house, told.reader).zone,
            office=_office(house, whom) if whom is not None else None,
            limits=(house.ladder.per_day, house.ladder.per_week),
            page=page,
            by_line=house.returns is not None and house.returns.plain("reply") is not None,
            instead_of=house.org.office(told.instead_of, named=True) if told.instead_of is not None else None,
            keeper=told.reader == _keeper(subject, house),
        )
    )
    return call.said_in(house.speaks(told.reader))


def _office(house: House, reader: str) -> str:
    return house.org.office(reader) if house.org.led_by(reader) else "the next person who is named for it"


def _voice(session: Session, subject: Subject, house: House) -> Voice:
    return voice(
        house.org,
        subject.issue,
        subject.verdict,
        leaf=subject.leaf,
        heard_by=subject.heard_by,
        pain=subject.pain,
        state=subject.issue.state,
        closed_at=subject.issue.closed_at,
        reopened=False,
        withdrawn=bool(objections.reasons(session, f"{subject.issue.source}:{subject.issue.external_id}")),
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A call that is about to be sent: why it must not be, how long to wait, or its words as they may be shown now."""

    refused: str | None = None
    wait: timedelta | None = None
    call: Call | None = None


def recheck(session: Session, digest: StoredDigest, house: House, now: datetime) -> Checked:
    known = escalations.of_call(session, digest.id)
    if known is None:
        return Checked(refused="its escalation is gone")
    kept, told = known
    subject = escalations.subject(session, kept.issue_id)
    rule = house.ladder.rules[kept.rule]
    if subject is None or not kept.waits or _over(session, kept, subject, house) is not None:
        ask(session, [kept.issue_id])
        return Checked(refused="it was over before it was sent")
    if told.reader not in _rungs(session, house, rule, subject, now):
        ask(session, [kept.issue_id])
        return Checked(refused=f"{told.reader} is not to be told any more")
    opens = now if rule.at_once else hours(house, told.reader).next_open(now)
    if opens > now:
        return Checked(wait=opens - now)
    asked = next(one.reader for one in kept.asked if one.number == told.number)
    call = _compose(session, kept, subject, house, told, asked, now)
    stored = to_store(call.to_json(), house.links)
    if stored != digest.document:
        digests.revise(
            session,
            digest.id,
            version=digest.version + 1,
            state="composed",
            document=stored,
            reason=None,
            hidden="",
        )
    return Checked(call=call)


def may_be_read(session: Session, kept: Escalation, reader: str, house: House) -> bool:
    """Whether the words of a call may still be shown to its reader: its issue is there, may be seen by them, and became
    neither private nor sealed."""
    subject = escalations.subject(session, kept.issue_id)
    if subject is None or subject.issue.state == "deleted" or "no-quote" in subject.issue.tags:
        return False
    if not house.org.may_open(reader, _audience(subject, house)):
        return False
    if objections.reasons(session, f"{subject.issue.source}:{subject.issue.external_id}"):
        return False
    rule = ladder.rule_for(_pull(session, subject, house, person=True))
    return rule is not None and (kept.rule in ladder.SEALED or rule not in ladder.SEALED)


def act(session: Session, kept: Escalation, reader: str, what: str, said: str, house: House, now: datetime) -> None:
    """What a reader says to an escalation: `own`, `snooze` (until the day `said`), `decline`, `wrong`. The first word
    counts. Raises `NotNow` with what is missing."""
    line = one_line(said)
    if len(line) > LONGEST:
        raise NotNow(f"Say it in {LONGEST} letters; these are {len(line)}.")
    if what == "snooze":
        last = kept.asked[-1] if kept.asked else None
        if last is None or last.reader != reader or kept.state != "open":
            raise NotNow("Only whoever was asked last can put it off.")
        until = ladder.snooze(hours(house, reader), now, line, kept.snoozed_until)
        until = max(until, last.due)
        escalations.change(session, kept.id, snoozed_until=until, look_at=until)
        return
    if what == "decline" and not line:
        raise NotNow("Give the reason in one line: people take a no with a reason better than silence.")
    if what == "incident":
        if kept.rule != "outage_like":
            raise NotNow("Choose one of the answers.")
        what, line = "own", line or INCIDENT
    state = {"own": "owned", "decline": "declined", "wrong": "wrong"}.get(what)
    if state is None:
        raise NotNow("Choose one of the answers.")
    escalations.end(session, kept.id, state, now, by=reader, said=line or None)
