"""Commands about what is stored: pull, issues, classify, explain, label, escalate, replay."""

import json
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any, Final, get_args

import click

from config.reader import nearest
from pipeline import escalating, teaching
from pipeline.escalate import NotNow
from pipeline.issue import Proposal, Role, Text, Verdict
from pipeline.steps import Ingested, ask_for_verdicts
from pipeline.store import corrections, db, escalations, issues, lessons, proposals, registry, sources
from pipeline.store.issues import Stored
from workers import calling
from workers.cli import model
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global, Moment, decided_by
from workers.wiring import Deployment

PAGE: Final = 500
LISTED: Final = 20
"""Names that a message lists before it only counts them."""


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE ...]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.pass_obj
def pull(options: Global, names: tuple[str, ...], as_json: bool) -> None:
    """Fetch what changed, now, from all sources or from the named ones.

    The poll interval and back-off are the scheduler's, not this command's. A failed source does not stop the others;
    the exit code is 1 if any failed, or if nothing that a source gave could be understood.

    \b
    Examples:
      leafnotes pull
      leafnotes pull billing-github support
    """
    with deployment(options) as house:
        unknown = sorted(set(names) - set(house.sources))
        if unknown:
            stop(f"no such source: {', '.join(unknown)} (there are {', '.join(sorted(house.sources)) or 'none'})", 2)
        results = [pull_one(house, name) for name in names or sorted(house.sources)]
        for result in results:
            if as_json:
                say_json(result)
            else:
                for line in told(result):
                    click.echo(line)
        if any(result["error"] or nothing_understood(result) for result in results):
            raise SystemExit(1)


def told(result: dict[str, Any]) -> Iterator[str]:
    name, first = result["source"], result["first_set_aside"]
    if result["error"]:
        yield f"{name}: failed: {result['error']}"
        return
    yield (
        f"{name}: {result['read']} read, {result['new']} new, {result['changed']} changed, "
        f"{result['skipped']} skipped, {result['set_aside']} set aside"
    )
    if nothing_understood(result):
        yield (
            f"{name}: could not understand any of {result['read']} rows; first reason: {first}; "
            "`leafnotes status` lists them"
        )
    elif result["set_aside"]:
        more = f", and {result['set_aside'] - 1} more" if result["set_aside"] > 1 else ""
        yield f"{name}: {result['set_aside']} of {result['read']} could not be understood: {first}{more}"


def nothing_understood(result: dict[str, Any]) -> bool:
    """Not so where what was read is known already and did not change: that is neither new nor set aside."""
    return 0 < result["read"] == result["set_aside"] and not result["error"]


def pull_one(house: Deployment, name: str) -> dict[str, Any]:
    totals = Ingested()

    def watch(total: Ingested) -> None:
        nonlocal totals
        totals = total

    runner = engine(house)
    runner.turn, runner.watch = math.inf, watch
    (row_id,) = runner.pull_now([name])
    with db.transaction(house.database) as session:
        before = sources.state(session, name).failures
    runner.perform(row_id)
    with db.transaction(house.database) as session:
        state = sources.state(session, name)
    return {"source": name, **asdict(totals), "error": state.last_error if state.failures > before else None}


@click.command("issues")
@click.option("--source", help="Only of this source.")
@click.option("--side", type=click.Choice(["developer", "customer", "none"]), help="Only of this side.")
@click.option("--pain", help="Only of this pain (its id).")
@click.option("--leaf", help="Only of this leaf (its team id).")
@click.option("--since", type=Moment(), metavar="ISO8601", help="Only created at or after this moment.")
@click.option("--unsure", is_flag=True, help="Only those whose verdict is unsure: a person should look.")
@click.option("--unplaced", is_flag=True, help="Only pain that no leaf owns: the fallback gets it.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines with everything (schema 1).")
@click.pass_obj
def list_issues(
    options: Global,
    source: str | None,
    side: str | None,
    pain: str | None,
    leaf: str | None,
    since: datetime | None,
    unsure: bool,
    unplaced: bool,
    as_json: bool,
) -> None:
    """Everything that is stored, private issues too: this is the operator's own tool. There is no limit.

    \b
    Examples:
      leafnotes issues --json > issues.jsonl
      leafnotes issues --side customer --leaf billing --since 2026-09-14
      leafnotes issues --unsure
    """
    with deployment(options) as house, db.reading(house.database) as session:
        _must_be_known("source", source, {*house.sources, *sources.states(session)})
        _must_be_known("leaf", leaf, house.org.teams)
        _must_be_known("pain", pain, registry.current(session) if pain is not None else ())
        proposed = proposals.shown(session)
        for stored in issues.read(session, source=source, side=side, pain=pain, leaf=leaf, since=since):
            proposal = proposed.get((stored.issue.source, stored.issue.external_id))
            if (unsure and not _is_unsure(stored)) or (unplaced and not _is_unplaced(stored)):
                continue
            if as_json:
                say_json(_json(stored, proposal))
            else:
                click.echo(_line(stored))
                if unsure and proposal is not None:
                    click.echo(f"{'':12}{_proposed(proposal)}")


def _must_be_known(what: str, name: str | None, known: Collection[str]) -> None:
    """A name that is none would answer with nothing, as if there were no such issue."""
    if name is None or name in known:
        return
    names = sorted(known)
    close = nearest(name, names)
    hint = f" Did you mean {close}?" if close else ""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    stop(f"no {what} is called {name!r}.{hint} There are {', '.join(names[:LISTED]) or 'none'}{more}", 2)


def _is_unsure(stored: Stored) -> bool:
    return stored.verdict is not None and stored.verdict.abstained


def _is_unplaced(stored: Stored) -> bool:
    return stored.leaf is None and stored.verdict is not None and stored.verdict.side != "none"


def _line(stored: Stored) -> str:
    verdict = stored.verdict.side if stored.verdict else "pending"
    key = f"{stored.issue.source}:{stored.issue.external_id}"
    return f"{stored.issue.created_at:%Y-%m-%d}  {verdict:9}  {stored.leaf or '-':16}  {key}  {stored.issue.title}"


def _proposed(proposal: Proposal) -> str:
    quotation = " ".join(proposal.quotation.split())
    return f"a language model proposes {proposal.side}, because of '{quotation}'; `leafnotes label` decides"


def _json(stored: Stored, proposal: Proposal | None) -> dict[str, Any]:
    issue = stored.issue
    return {
        "schema": 1,
        "source": issue.source,
        "external_id": issue.external_id,
        "url": issue.url,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "kind": issue.kind,
        "author": issue.author,
        "author_role": issue.author_role,
        "account": issue.account,
        "labels": list(issue.labels),
        "project": issue.project,
        "component": issue.component,
        "group": issue.group,
        "priority": issue.priority,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "tags": sorted(issue.tags),
        "comments": [
            {"author": c.author, "body": c.body, "created_at": c.created_at, "private": c.private}
            for c in issue.comments
        ],
        "history": [{"at": e.at, "what": e.what, "from": e.before, "to": e.after} for e in issue.history],
        "leaf": stored.leaf,
        "verdict": _verdict(stored, proposal),
    }


def _verdict(stored: Stored, proposal: Proposal | None) -> dict[str, Any] | None:
    verdict = stored.verdict
    if verdict is None:
        return None
    return {
        "side": verdict.side,
        "pain": stored.pain,
        "kind": verdict.kind,
        "severity": verdict.severity,
        "confidence": round(verdict.confidence, 4),
        "abstained": verdict.abstained,
        "signals": [{"name": s.name, "text": s.text} for s in verdict.signals],
        "because": list(verdict.because),
        **({"proposal": asdict(proposal)} if proposal is not None else {}),
    }


@click.command()
@click.option("--input", "source", type=click.File("r", encoding="utf-8"), help="JSON lines: id, title, body, ...")
@click.option("--output", "target", type=click.File("w", encoding="utf-8"), default="-", help="Where the verdicts go.")
@click.pass_obj
def classify(options: Global, source: IO[str] | None, target: IO[str]) -> None:
    """Decide developer pain, customer pain or none.

    With --input it is stateless: one line out for each line in, in the same order, and no configuration is needed.
    Input fields: id, title, body and, where known, product, labels, source_kind, author_role (customer, staff, bot or
    unknown). A line that cannot be used gets its error in its place, and the exit code is 1. Without --input it
    classifies what is stored and pending.

    \b
    Examples:
      leafnotes classify --input texts.jsonl --output verdicts.jsonl
      leafnotes classify
    """
    if source is not None:
        _classify_file(source, target)
        return
    with deployment(options) as house:
        runner = engine(house)
        with db.transaction(house.database) as session:
            pending = issues.unclassified(session)
        with runner.transaction() as session:
            ask_for_verdicts(session, pending)
        runner.drain()
        click.echo(f"{len(pending)} classified")


def _classify_file(source: IO[str], target: IO[str]) -> None:
    from pipeline.classify import load_classifier

    classifier = load_classifier()
    bad = 0
    for batch in _batches(source):
        faults = {number: why for number, row in batch if (why := _fault(row)) is not None}
        good = [(number, row) for number, row in batch if number not in faults]
        verdicts = classifier.classify([_text(row) for _, row in good])
        answers = {number: _answer(row, verdict) for (number, row), verdict in zip(good, verdicts, strict=True)}
        for number, row in batch:
            if number in faults:
                bad += 1
                click.echo(f"{source.name}:{number}: {faults[number]}", err=True)
                name = row.get("id") if isinstance(row, dict) and _is_name(row.get("id")) else None
                answers[number] = {"id": name, "error": f"line {number}: {faults[number]}"}
            target.write(json.dumps(answers[number], ensure_ascii=False) + "\n")
    if bad:
        raise SystemExit(1)


def _answer(row: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    return {
        "id": row["id"],
        "side": verdict.side,
        "confidence": round(verdict.confidence, 4),
        "abstained": verdict.abstained,
        "kind": verdict.kind,
        "severity": verdict.severity,
        "signals": [{"name": s.name, "text": s.text} for s in verdict.signals],
        "because": list(verdict.because),
    }


def _batches(source: IO[str]) -> Iterator[list[tuple[int, Any]]]:
    """The lines with their numbers; a line that is no JSON stands there as the error itself."""
    batch: list[tuple[int, Any]] = []
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            batch.append((number, json.loads(line)))
        except (ValueError, RecursionError) as error:
            batch.append((number, error))
        if len(batch) == PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def _fault(row: Any) -> str | None:
    """Why a line cannot be classified, with what is allowed."""
    if not isinstance(row, dict):
        return "not a JSON object" + (f": {row}" if isinstance(row, Exception) else "")
    if not _is_name(row.get("id")):
        return f"`id` {'is missing' if row.get('id') in (None, '') else 'is no name'}; give text or a number"
    roles = get_args(Role)
    if row.get("author_role") and row["author_role"] not in roles:
        return f"`author_role` {row['author_role']!r:.40} is not allowed; use one of {', '.join(roles)}"
    if not isinstance(row.get("labels") or [], list):
        return "`labels` is not a list; write [a, b]"
    for name in ("title", "body", "product", "source_kind"):
        if isinstance(row.get(name), dict | list):
            return f"`{name}` is not text"
    return None


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _text(row: dict[str, Any]) -> Text:
    from pipeline.clean import clean
    from pipeline.prose import prose

    return Text(
        title=clean(str(row.get("title") or ""), "plain"),
        body=prose(clean(str(row.get("body") or ""), "markdown")),
        product=row.get("product"),
        labels=tuple(str(label) for label in row.get("labels") or ()),
        source_kind=row.get("source_kind"),
        author_role=row.get("author_role") or "unknown",
    )


@click.command()
@click.argument("issue")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def explain(options: Global, issue: str, as_json: bool) -> None:
    """Why an issue got its verdict, its leaf and its pain. ISSUE is source:external_id, or its URL.

    It quotes the words that moved the verdict in their sentences, strongest first, with the log-odds that go when they
    are taken out; says what else it could have been and which words would flip it; and names the labelled texts that
    are most like it: our written examples, and what people said of other issues.

    \b
    Example:
      leafnotes explain support:55119
    """
    from workers.cli import explaining  # brings the model's code along, which the other commands here do without

    with deployment(options) as house, db.reading(house.database) as session:
        stored = _find(session, issue)
        found = explaining.explain(session, house, stored)
        proposal = proposals.shown(session).get((stored.issue.source, stored.issue.external_id))
    if as_json:
        say_json({"issue": issue, **explaining.as_json(found), "verdict": _verdict(stored, proposal)})
        return
    for line in explaining.lines(found):
        click.echo(line)
    if proposal is not None:
        click.echo(f"proposal  {_proposed(proposal)}")


def _find(session: Any, name: str) -> Stored:
    key = issues.find(session, name)
    if key is None:
        stop(f"no stored issue is called {name!r}; `leafnotes issues` lists them as source:external_id", 2)
    return next(issues.read(session, only=key))


@click.command()
@click.argument("issue", required=False)
@click.argument("side", required=False, type=click.Choice(["developer", "customer", "none"]))
@decided_by("Who says so.")
@click.option("--undo", is_flag=True, help="Take back what persons said of ISSUE; a label of its source still counts.")
@click.option("--list", "listed", is_flag=True, help="Everything that was said and taken back, oldest first.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON object an event.")
@click.pass_obj
def label(
    options: Global, issue: str | None, side: str | None, by: str, undo: bool, listed: bool, as_json: bool
) -> None:
    """Say what an issue is. A person's word wins over the model for ever, and teaches it.

    Open issues that are like it are judged again at once, unless something that was right would become wrong: then the
    lesson waits in the shadow and `leafnotes status` says why. `leafnotes model` shows and takes back what was learned.

    \b
    Examples:
      leafnotes label support:55119 customer
      leafnotes label support:55119 --undo
      leafnotes label --list
    """
    if listed:
        if issue is not None:
            stop("--list takes no issue", 2)
        _list_labels(options, as_json)
        return
    if issue is None or (side is None) != undo:
        stop("say which issue, and developer, customer or none (or --undo): `leafnotes label ISSUE SIDE`", 2)
    with deployment(options) as house:
        runner = engine(house)
        with runner.transaction() as session:
            key = issues.find(session, issue)
            if key is None:
                stop(f"no stored issue is called {issue!r}; `leafnotes issues` lists them as source:external_id", 2)
            past = corrections.events(session, key)
            if undo and not _said_by_persons(past):
                stop(f"{key[0]}:{key[1]}: there is no person's word to take back", 1)
            was = corrections.correct(session, key, side, by, house.now())
            teaching.ask(session)
            before = max((one.version for one in lessons.versions(session)), default=0)
        runner.drain()
        name = f"{key[0]}:{key[1]}"
        if undo:
            click.echo(f"{name}: taken back; {_now(house, key)}")
        else:
            click.echo(f"{name} is {side} now (the model said {was or 'nothing yet'}); kept for ever")
        with db.reading(house.database) as session:
            for line in model.learned(session, before):
                click.echo(line)


@click.command()
@click.argument("issue")
@click.option("--note", help="One line for whoever is told; it names nobody of the organisation.")
@click.pass_obj
def escalate(options: Global, issue: str, note: str | None) -> None:
    """Have an issue go to a leader now, whatever its text says. ISSUE is source:external_id, or its URL.

    It goes to the lead of its leaf first and climbs until somebody answers. Outside safety and security a reader gets
    few such mails a day and a week, in working hours alone; `leafnotes status` shows who has it.

    \b
    Example:
      leafnotes escalate support:55119 --note "Their auditor comes on Monday"
    """
    said = " ".join((note or "").split()) or None
    if said is not None and len(said) > escalating.LONGEST:
        stop(f"--note has {len(said)} letters, at most {escalating.LONGEST}", 2)
    with deployment(options) as house:
        if house.environment.smtp_url is not None:
            house.require_secret_key()
        runner = engine(house)
        with runner.transaction() as session:
            row_id = issues.row_id(session, issue)
            if row_id is None:
                stop(f"no stored issue is called {issue!r}; `leafnotes issues` lists them as source:external_id", 2)
            try:
                escalating.by_name(session, row_id, said, house.house, house.now())
            except NotNow as why:
                stop(f"{issue}: {why}")
        runner.drain()
        with db.reading(house.database) as session:
            kept = escalations.of_issue(session, row_id)
            assert kept is not None
            click.echo(f"{issue}: {calling.line(house, session, kept)}")


def _said_by_persons(past: Sequence[corrections.Event]) -> bool:
    mine = [event for event in past if event.how != corrections.LABEL]
    return bool(mine) and mine[-1].new is not None


def _now(house: Deployment, key: tuple[str, str]) -> str:
    with db.reading(house.database) as session:
        stored = next(issues.read(session, only=key))
    if stored.verdict is None:
        return "it has no verdict yet"
    who = "the model says" if not stored.verdict.model.startswith("person:") else stored.verdict.model[7:] + " says"
    return f"{who} {stored.verdict.side}"


def _list_labels(options: Global, as_json: bool) -> None:
    from workers.cli import explaining  # see above

    with deployment(options) as house, db.reading(house.database) as session:
        past = corrections.events(session)
    for event in past:
        if as_json:
            say_json({"issue": event.key, **{k: v for k, v in asdict(event).items() if k != "issue"}})
        else:
            click.echo(explaining.said(event))


@click.command()
@click.argument("source")
@click.pass_obj
def replay(options: Global, source: str) -> None:
    """Normalise the archived raw pages of a source again, without asking it. What changed is classified anew.

    \b
    Example:
      leafnotes replay billing-github
    """
    with deployment(options) as house:
        if source not in house.sources:
            stop(f"no such source: {source} (there are {', '.join(sorted(house.sources)) or 'none'})", 2)
        runner = engine(house)
        total = runner.replay(source)
        runner.drain()
        click.echo(f"{source}: {total.read} read again, {total.changed} changed, {total.set_aside} set aside")


COMMANDS = (pull, list_issues, classify, explain, label, escalate, replay)
