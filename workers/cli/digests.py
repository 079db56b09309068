"""`leafnotes digest`: what would be sent, or what was sent."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pipeline import letters, passing_on, periods, steps
from pipeline.digest.document import Document
from pipeline.issue import Period
from pipeline.links import from_store
from pipeline.store import db, digests
from workers.cli.base import deployment, engine, stop
from workers.cli.options import Global, Week
from workers.senders import write
from workers.wiring import Deployment


@click.command()
@click.option("--leader", metavar="ID", help="Only this leader's (a person's id in org.yaml).")
@click.option("--week", type=Week(), metavar="2026-W38", help="The ISO week; default: the newest week that has ended.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the files go.")
@click.option("--json", "as_json", is_flag=True, help="Also print the documents, one JSON object a line.")
@click.option("--send", is_flag=True, help="Send them too (needs LEAFNOTES_SMTP_URL and LEAFNOTES_SECRET_KEY).")
@click.option(
    "--edition",
    type=click.Choice(["leader", "team"]),
    default="leader",
    show_default=True,
    help="The leader's own notes, or the copy that a leader may pass on to everybody in the team.",
)
@click.option("--to", "address", metavar="ADDR", help="With --send: to this address instead of the leader's.")
@click.pass_obj
def digest(
    options: Global,
    leader: str | None,
    week: str | None,
    out: Path,
    as_json: bool,
    send: bool,
    edition: str,
    address: str | None,
) -> None:
    """Write LEADER.txt, LEADER.html and LEADER.json for every leader: what would be sent, or what was sent if it was.

    With --edition team it is LEADER.team.txt and so on: made anew from what everybody in the team may see, and with
    --send mailed to the leader alone, once a week.

    Nothing is sent without --send. A leader who has nothing to hear of gets the short, honest form. The week that still
    runs is shown as it stands now; one that is to come is refused.

    \b
    Examples:
      leafnotes digest --out digests
      leafnotes digest --leader ines --week 2026-W38 --out digests
      leafnotes digest --leader ines --out digests --send --to me@fernhill.example
      leafnotes digest --leader mara --edition team --out for-the-team
    """
    if address and not send:
        stop("--to says where to send; it needs --send", 2)
    with deployment(options) as house:
        if send:
            house.require_secret_key()
        try:
            period = periods.week_of(week, house.zone) if week else periods.last_ended(house.now(), house.zone)
        except ValueError as error:
            stop(str(error), 2)
        then = house.at(period)
        wanted = _leaders(then, leader)
        _must_have_come(house, period, send)
        out.mkdir(parents=True, exist_ok=True)
        held, documents = 0, []
        made = _copies if edition == "team" else _documents
        for person, document, failures in made(then, period, wanted):
            text, html = letters.printed(document)
            if not (failures and edition == "team"):  # nobody should have a copy that tells too much
                write(out, f"{person}.team" if edition == "team" else person, document.to_json(), text, html)
            held += bool(failures)
            documents.append(document)
            if edition == "leader" and not send and (said := _by_hand(house, period, person)) is not None:
                click.echo(f"{person}: {said}", err=True)
            for failure in failures:
                click.echo(f"{person}: would be held: {failure}", err=True)
            if as_json:
                click.echo(json.dumps(document.to_json(), ensure_ascii=False))
        click.echo(f"{len(wanted)} digest(s) of {period.label} in {out}", err=as_json)
        if address:
            _redirect(house, documents, address)
        elif send and edition == "team":
            _send_copies(house, period, wanted)
        elif send:
            _send(house, period, wanted)
        if held:
            raise SystemExit(1)


def _must_have_come(house: Deployment, period: Period, send: bool) -> None:
    """The running week can be looked at as it stands, and is not sent; of one that is to come there is nothing."""
    now = house.now()
    if period.end <= now or (period.start <= now and not send):
        return
    # The end is the first moment of the Monday after, which nobody calls the end of a week.
    last = (period.end - timedelta(seconds=1)).astimezone(ZoneInfo(period.zone))
    look = "; without --send it can be looked at" if period.start <= now else ""
    stop(f"{period.label} has not ended: it ends with {last:%A, %d %B %Y}{look}", 2)


def _leaders(house: Deployment, leader: str | None) -> list[str]:
    if leader is None:
        return list(house.org.leaders)
    if leader not in house.org.leaders:
        stop(f"{leader!r} leads no team; leaders are {', '.join(house.org.leaders)}", 2)
    return [leader]


def _documents(house: Deployment, period: Period, wanted: list[str]) -> Iterator[tuple[str, Document, list[str]]]:
    """What was decided, and for the others what would be: beside everybody else's, since numbers must fit together."""
    with db.reading(house.database) as session:
        stored = {person: digests.digest(session, person, period.label) for person in house.org.leaders}
        decided = {
            p: Document.from_json(from_store(row.document, house.links))
            for p, row in stored.items()
            if row and row.document is not None
        }
        written: dict[str, steps.Written] = {}
        if not decided.keys() >= set(wanted):
            made = steps.material_of(session, period, house.house)
            due = {p: house.due(period, p) for p in house.org.leaders if p not in decided}
            written = steps.write_all(made, due, period, house.house, list(decided.values()))
    for person in wanted:
        row = stored[person]
        if person in decided:
            yield person, decided[person], [row.reason] if row and row.reason and row.state not in BY_HAND else []
        else:
            yield person, written[person].document, list(written[person].failures)


BY_HAND = ("waiting", "refused")
"""States in which a person's word is why nothing was sent."""


def _by_hand(house: Deployment, period: Period, person: str) -> str | None:
    """What a person's word has to do with a leader's digest that is not sent."""
    with db.reading(house.database) as session:
        row = digests.digest(session, person, period.label)
    return f"{row.state}: {row.reason}" if row is not None and row.state in BY_HAND else None


def _copies(house: Deployment, period: Period, wanted: list[str]) -> Iterator[tuple[str, Document, list[str]]]:
    """The copies for the teams, beside what was decided for their leaders or would be."""
    every = list(_documents(house, period, wanted))
    with db.reading(house.database) as session:
        for person, document, _ in every:
            copy = passing_on.write(session, document, house.house, house.now())
            yield person, copy.document, list(copy.failures)


def _send_copies(house: Deployment, period: Period, wanted: list[str]) -> None:
    """To the leaders, of digests that were decided; once a week, however often it is asked for."""
    runner, then = engine(house), house.at(period)
    with runner.transaction() as session:
        for person in wanted:
            row = digests.digest(session, person, period.label)
            if row is None or row.document is None or row.state == "held":
                click.echo(f"{person}: no copy, since no leaf notes of {period.label} were decided", err=True)
                continue
            copy = passing_on.write(session, Document.from_json(row.document), then.house, house.now())
            passing_on.send(session, copy, then.house)
    runner.drain()
    with db.transaction(house.database) as session:
        for person in wanted:
            for mail in passing_on.mails(session, person, period.label):
                click.echo(f"{person}: {mail.state} to {mail.recipient}{': ' + mail.reply if mail.reply else ''}")


def _send(house: Deployment, period: Period, wanted: list[str]) -> None:
    """Through the same rows as the scheduler's mails: who already has this digest does not get it again."""
    runner, then = engine(house), house.at(period)
    with runner.transaction() as session:
        steps.close(session, period, org=then.org, at=house.now())
        steps.compose(session, period, {person: then.due(period, person) for person in wanted}, then.house)
    runner.drain()
    with db.transaction(house.database) as session:
        for person in wanted:
            row = digests.digest(session, person, period.label)
            if row is not None and row.state in BY_HAND:
                click.echo(f"{person}: not sent, {row.state}: {row.reason}", err=True)
            for mail in digests.mails(session, [row.id] if row else []):
                click.echo(f"{person}: {mail.state} to {mail.recipient}{': ' + mail.reply if mail.reply else ''}")


def _redirect(house: Deployment, documents: list[Document], address: str) -> None:
    """To the operator's own address: decides nothing, so the leader's own digest still goes out when it is due."""
    for document in documents:
        message_id = make_msgid("preview", house.house.domain)
        outcome = house.sender.send(letters.letter(document, address, message_id, house.house))
        click.echo(f"{document.leader}: {outcome.kind} to {address}: {outcome.reply}")


COMMANDS = (digest,)
