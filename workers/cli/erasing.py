"""`leafnotes forget` and `leafnotes audit`: erasing a person, and what was decided by whom."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import click

from pipeline import erasing
from pipeline.erasing import CannotForget
from pipeline.forgetting import Eraser, Forgotten, Identity
from pipeline.store import audit as store
from pipeline.store import db, forgotten, sources
from pipeline.store.audit import By
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global, Moment, decided_by
from workers.wiring import Deployment

BEYOND = "what no command reaches: mails that were sent, backups, logs, and the sources themselves (docs/privacy.md)"


@click.command()
@click.argument("person")
@click.option("--also", multiple=True, metavar="TEXT", help="Another name of theirs to look for; may be given again.")
@click.option("--dry-run", is_flag=True, help="Only say in how many rows of which tables they stand.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@decided_by("Who decides, for the audit.")
@click.pass_obj
def forget(options: Global, person: str, also: tuple[str, ...], dry_run: bool, yes: bool, by: str) -> None:
    """Erase a person. PERSON is an id of org.yaml (with all accounts it names there), source:account, or an address.

    What they wrote goes: issues and comments stay as counts, without text and under a name made by chance. Mentions of
    their name, addresses and accounts in what others wrote become [person]; raw pages and stored mails that name them
    are deleted; digests that nobody has read are composed again. Keyed hashes stay, so that nothing of theirs comes in
    again from any source. Nothing can be undone. Take them out of org.yaml afterwards.

    \b
    Examples:
      leafnotes forget eng7 --dry-run
      leafnotes forget support:anna@cafe.example --also "Anna B."
    """
    with deployment(options) as house:
        with db.reading(house.database) as session:
            known = {*house.sources, *sources.states(session)}
            try:
                whom = erasing.identity(session, house.org, person, known, also)
            except CannotForget as why:
                stop(str(why), 2)
            places = _look(house, whom) if dry_run or not yes else {}
        if places or dry_run:
            click.echo(f"{person}: {_told(places)}")
        if dry_run:
            return
        if not yes:
            if not sys.stdin.isatty():
                stop("nothing was erased: say --yes, since nobody can be asked here", 2)
            click.confirm("Erase it all? Nothing can be undone.", abort=True)
        runner = engine(house)
        with runner.transaction() as session:
            name = erasing.begin(session, house.org, whom, By("operator", by), house.now())
        runner.drain()
        with db.reading(house.database) as session:
            waits = forgotten.waits(session)
        if waits is not None:
            stop(f"it is not done yet, and goes on with the next `leafnotes run` or worker: {waits}")
        click.echo(f"erased; where a name has to stand they are {name}")
        if whom.id in house.org.people:
            click.echo(f"org.yaml names {whom.id} still: take the entry out")
        click.echo(BEYOND)


def _look(house: Deployment, whom: Identity) -> Mapping[str, int]:
    """Where somebody stands, before anything is changed."""
    salt = b"only to look"
    who = Forgotten.of(salt, erasing.meant(house.org, whom, salt, "[forgotten ?]"))
    with db.reading(house.database) as session:
        found = erasing.eraser(session, who)
        assert isinstance(found, Eraser)
        with house.writers(found) as theirs:
            return erasing.look(session, found, theirs)


def _told(places: Mapping[str, int]) -> str:
    found = [f"{count} of {table}" for table, count in sorted(places.items())]
    return f"stands in {', '.join(found)}" if found else "stands in no table; what comes in later is kept out"


@click.command()
@click.option("--verify", is_flag=True, help="Check the chain; exit 1 at the first row that was changed or is missing.")
@click.option("--since", type=Moment(), metavar="ISO8601", help="Only from this moment on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@click.pass_obj
def audit(options: Global, verify: bool, since: datetime | None, as_json: bool) -> None:
    """What was decided, by whom, in which role, and which mails were handed over. It holds no words of tickets.

    Each row's hash holds that of the row before: whoever changes or takes out one is found by --verify. Whoever may
    write to the database can make a whole new chain; keep the newest hash elsewhere to find that too.

    \b
    Examples:
      leafnotes audit --since 2026-09-14
      leafnotes audit --verify
    """
    with deployment(options) as house, db.reading(house.database) as session:
        if verify:
            number, wrong = store.verify(session)
            newest = store.newest(session)
            if as_json:
                say_json({"schema": 1, "rows": number, "wrong": wrong, "newest": newest})
            elif wrong is None:
                click.echo(f"{number} rows hold; the newest hash is {newest or 'none yet'}")
            if wrong is not None:
                stop(f"the audit does not hold: {wrong}; {number} rows before it do")
            return
        for entry in store.entries(session, since):
            if as_json:
                say_json({"schema": 1, **asdict(entry)})
            else:
                click.echo(_line(entry))


def _line(entry: store.Entry) -> str:
    who = f"{entry.role} {entry.who}" if entry.who else entry.role
    about = f" of {entry.about}" if entry.about else ""
    version = f" ({entry.version})" if entry.version else ""
    return f"{entry.id:6}  {entry.at:%Y-%m-%d %H:%M}  {who}: {entry.what} {entry.object}{about}{version}"


COMMANDS = (forget, audit)
