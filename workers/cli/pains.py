"""`leafnotes pains`: the registry as it stands, what a person should look at, and what a person decides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.orm import Session

from pipeline import correcting, reviewing
from pipeline.objections import PROPOSALS
from pipeline.store import db, issues, objections, registry
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global, decided_by
from workers.wiring import Deployment


@click.group("pains")
def pains() -> None:
    """The pains: list them, see which may be one or two, and merge, split or rename them.

    What is decided holds from the last closed week on; `undo` takes the last decision back until another week closes.

    \b
    Examples:
      leafnotes pains list
      leafnotes pains merge p-1f0c9a2e p-77ab01c3
    """


@pains.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a pain.")
@click.pass_obj
def list_pains(options: Global, as_json: bool) -> None:
    """Every pain, the one told of last first: id, side, issues, from when to when, name."""
    with deployment(options) as house, db.transaction(house.database) as session:
        known = [raw for raw in registry.current(session).values() if raw]
        for raw in sorted(known, key=lambda raw: (raw["last_at"], raw["id"]), reverse=True):
            if as_json:
                say_json(_short(raw))
            else:
                span = f"{raw['first_at'][:10]} to {raw['last_at'][:10]}"
                click.echo(f"{raw['id']}  {raw['side']:9}  {raw['members']:4}  {span}  {raw['title']}")


@pains.command()
@click.argument("pain")
@click.pass_obj
def show(options: Global, pain: str) -> None:
    """One pain with its issues. An id that was merged leads to the pain that it went into."""
    with deployment(options) as house, db.transaction(house.database) as session:
        found = reviewing.followed(session, pain)
        raw = registry.current(session).get(found)
        if not raw:
            stop(f"there is no pain {pain}; `leafnotes pains list` shows them", 2)
        if found != pain:
            click.echo(f"{pain} was merged into {found}")
        was = f' (was "{raw["was"]}")' if raw.get("was") else ""
        click.echo(f"{raw['title']}{was}\n{raw['side']}, {raw['members']} issues, since {raw['first_at'][:10]}")
        for stored in issues.read(session, pain=found):
            issue = stored.issue
            click.echo(f"  {issue.created_at:%Y-%m-%d}  {issue.source}:{issue.external_id}  {issue.title}")


@pains.command()
@click.pass_obj
def proposals(options: Global) -> None:
    """Pains that may be two, and pairs that may be one, by their words and by what leaders said. It changes nothing."""
    with deployment(options) as house, db.transaction(house.database) as session:
        found = reviewing.proposals(session, house.org)
        titles = {pain: raw.get("title", "") for pain, raw in registry.current(session).items()}
        for one in found:
            named = ", ".join(f'{pain} "{titles.get(pain, "")}"' for pain in one.pains)
            click.echo(f"{one.what}: {named}: {one.because}")
        said = [one for one in objections.standing(session) if one.what in PROPOSALS]
        for word in said:
            click.echo(f"said by {word.by} on {word.at:%Y-%m-%d}: {correcting.told(word, titles)}")
            click.echo(f"  `leafnotes corrections --done {word.id}` once you have decided")
        if not found and not said:
            click.echo("nothing to look at")


@pains.command()
@click.argument("one")
@click.argument("other")
@decided_by()
@click.pass_obj
def merge(options: Global, one: str, other: str, by: str) -> None:
    """Put everything of ONE into OTHER, whose id and name stay. ONE's id leads there from now on."""
    with _deciding(options) as (house, decide):
        edit = decide(lambda session: reviewing.merge(session, one, other, by, house.now()))
        click.echo(f"{edit.pains[0]} is in {edit.pains[1]} now; `leafnotes pains undo` takes it back")


@pains.command()
@click.argument("pain")
@click.argument("keys", nargs=-1, required=True, metavar="ISSUE ...")
@decided_by()
@click.pass_obj
def split(options: Global, pain: str, keys: tuple[str, ...], by: str) -> None:
    """Give the named issues of PAIN (source:external_id) a pain of their own."""
    with _deciding(options) as (house, decide):
        edit, new = decide(lambda session: reviewing.split(session, house.org, pain, keys, by, house.now()))
        click.echo(f'{len(keys)} issues of {edit.pains[0]} are {new.id} "{new.title}" now')


@pains.command()
@click.argument("pain")
@click.argument("name")
@decided_by()
@click.pass_obj
def rename(options: Global, pain: str, name: str, by: str) -> None:
    """Give PAIN another NAME, of nine words at most. `show` still says what it was."""
    with _deciding(options) as (house, decide):
        edit = decide(lambda session: reviewing.rename(session, pain, name, by, house.now()))
        click.echo(f'{edit.pains[0]} is called "{" ".join(name.split())}" now')


@pains.command()
@click.pass_obj
def undo(options: Global) -> None:
    """Take the last merge, split or new name back."""
    with _deciding(options) as (_, decide):
        edit = decide(reviewing.undo)
        click.echo(f"the {edit.what} of {' and '.join(edit.pains)} by {edit.by} is undone")


@contextmanager
def _deciding(options: Global) -> Iterator[tuple[Deployment, Callable[[Callable[[Session], Any]], Any]]]:
    """The deployment, and what makes a decision in one transaction and assigns the open week again."""
    with deployment(options) as house:
        runner = engine(house)

        def decide(what: Callable[[Session], Any]) -> Any:
            try:
                with runner.transaction() as session:
                    done = what(session)
            except reviewing.CannotEdit as error:
                stop(str(error), 2)
            runner.drain()
            return done

        yield house, decide


def _short(raw: Any) -> dict[str, Any]:
    return {name: raw.get(name) for name in ("id", "title", "was", "side", "members", "first_at", "last_at", "leaves")}


COMMANDS = (pains,)
