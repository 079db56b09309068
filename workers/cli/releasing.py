"""`leafnotes release`: what waits for an operator in the first weeks, and the operator's word on it."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from pipeline import periods, releasing
from pipeline.releasing import NotAReason, Word
from pipeline.store import db, digests
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global, Week, decided_by
from workers.report import report, waits
from workers.wiring import Deployment

LAST = "9999"
"""After every week."""


@click.command()
@click.argument("leaders", metavar="[LEADER ...]", nargs=-1)
@click.option(
    "--week", type=Week(), metavar="2026-W38", help="Only of this ISO week; needed where a leader waits for several."
)
@click.option("--all", "every", is_flag=True, help="Everything that waits, or all of --week.")
@click.option(
    "--refuse", metavar="REASON", help="Do not send them, because: they are never sent, and the reason is kept."
)
@decided_by()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a digest.")
@click.pass_obj
def release(
    options: Global, leaders: tuple[str, ...], week: str | None, every: bool, refuse: str | None, by: str, as_json: bool
) -> None:
    """Send leaf notes that wait for your word, or refuse to; without arguments, list what waits.

    They wait where settings.yaml says `digest: {by_hand: 2}`: the first weeks, or always. `leafnotes digest --out DIR`
    writes what would be sent. Released ones are checked by the gates beside all that others were told meanwhile, and
    sent once, however often you ask. Refused ones are never sent: their leaders read in their next mail that there
    were none.

    \b
    Examples:
      leafnotes release
      leafnotes release ines mara
      leafnotes release --week 2026-W38 --all
      leafnotes release --week 2026-W38 mara --refuse "the pain of invoices is two pains"
    """
    if every and leaders:
        stop("--all releases everybody's; leave out the names, or --all", 2)
    with deployment(options) as house:
        if week is not None:
            _is_a_week(house, week)
        if not every and not leaders:
            if refuse is not None:
                stop("--refuse needs a LEADER, or --all", 2)
            _list(house, week, as_json=as_json)
            return
        wanted = _wanted(house, leaders, week)
        if refuse is None and house.environment.smtp_url is not None:
            house.require_secret_key()
        said = _decide(house, wanted, refuse, by)
        if refuse is None:
            engine(house).drain()
        if _say(house, wanted, said, "refused" if refuse is not None else "composed", as_json=as_json):
            raise SystemExit(1)


def _is_a_week(house: Deployment, week: str) -> None:
    try:
        periods.week_of(week, house.zone)
    except ValueError as error:
        stop(str(error), 2)


def _list(house: Deployment, week: str | None, *, as_json: bool) -> None:
    found = [one for one in report(house, listed=0)["waiting"] if week in (None, one["week"])]
    for one in found:
        if as_json:
            for leader in one["leaders"]:
                said = {"leader": leader, "week": one["week"], "since": one["since"], "overdue": one["overdue"]}
                say_json({"schema": 1, **said, "state": "waiting"})
        else:
            click.echo(waits(one))
    if not found and not as_json:
        click.echo(f"nothing {'of ' + week + ' ' if week else ''}waits to be released")


def _wanted(house: Deployment, leaders: Sequence[str], week: str | None) -> list[digests.Waiting]:
    """What is meant, the oldest week first. Ends the command where that cannot be known."""
    with db.reading(house.database) as session:
        waiting = [one for one in digests.waiting(session) if week in (None, one.period)]
        if not leaders:
            return waiting
        found = []
        for leader in dict.fromkeys(leaders):
            mine = [one for one in waiting if one.leader == leader]
            if len(mine) > 1:
                weeks = ", ".join(one.period for one in mine)
                stop(f"{leader} waits for {weeks}: say which with --week, or take all with --all", 2)
            if not mine and (row := _settled(session, leader, week)) is not None:
                mine = [digests.Waiting(row.id, leader, row.period, house.now())]  # to say so
            if not mine:
                some = ", ".join(sorted({one.leader for one in waiting})) or "nobody's"
                stop(f"no leaf notes of {leader}{f' of {week}' if week else ''} wait; those that do are of: {some}", 2)
            found += mine
    return found


def _settled(session: Session, leader: str, week: str | None) -> digests.StoredDigest | None:
    """A leader's digest of a week, or the newest one, where a person's word fell on it before."""
    newest = week or digests.last_decided(session, leader, LAST)
    row = None if newest is None else digests.digest(session, leader, newest)
    return row if row is not None and row.settled_at is not None else None


def _decide(house: Deployment, wanted: Sequence[digests.Waiting], refuse: str | None, by: str) -> list[Word]:
    said: dict[int, Word] = {}
    with engine(house).transaction() as session:
        for week, ids in _by_week(wanted).items():
            if refuse is None:
                then = house.at(periods.week_of(week, house.zone)).house
                said |= zip(ids, releasing.release(session, ids, then, by=by, at=house.now()), strict=True)
                continue
            try:
                said |= {one: releasing.refuse(session, one, reason=refuse, by=by, at=house.now()) for one in ids}
            except NotAReason as error:
                stop(f"--refuse: {error}", 2)
    return [said[one.id] for one in wanted]


def _by_week(wanted: Sequence[digests.Waiting]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in wanted:
        found.setdefault(one.period, []).append(one.id)
    return found


def _say(
    house: Deployment, wanted: Sequence[digests.Waiting], said: Sequence[Word], meant: str, *, as_json: bool
) -> bool:
    """Print what became of each; whether something did not become what was meant."""
    if not wanted and not as_json:
        click.echo("nothing waits to be released")
    with db.reading(house.database) as session:
        for one, word in zip(wanted, said, strict=True):
            mails = digests.mails(session, [one.id]) if meant == "composed" else []
            if as_json:
                sent = [mail.state for mail in mails]
                became = {"state": word.state, "said": word.said, "mails": sent}
                say_json({"schema": 1, "leader": one.leader, "week": one.period, **became})
                continue
            click.echo(f"{one.leader}: {one.period} {word.said}", err=word.state != meant)
            for mail in mails:
                click.echo(f"{one.leader}: {mail.state} to {mail.recipient}{': ' + mail.reply if mail.reply else ''}")
    return any(word.state != meant for word in said)


COMMANDS = (release,)
