"""Commands about sources and the code that reads them: sources, backfill, connector test, connector new."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from connectors.base import Connector, SourceError
from pipeline.store import db, sources, work
from workers.cli import data
from workers.cli.base import deployment, say_json, stop
from workers.cli.options import Global, Moment
from workers.wiring import Deployment, NoConnector, connector_for, span


@click.command("sources")
@click.argument("name", required=False)
@click.option("--back", metavar="SPAN", help="Read NAME again from so long before its cursor: 6h, 3d.")
@click.option("--back-to", type=Moment(), metavar="ISO8601", help="Read NAME again from this moment on.")
@click.option("--from-start", is_flag=True, help="Read NAME again from its beginning.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.pass_obj
def list_sources(
    options: Global, name: str | None, back: str | None, back_to: datetime | None, from_start: bool, as_json: bool
) -> None:
    """How far each source was read, in words; and moving a cursor back.

    Reading again is harmless: what is stored already and did not change is left as it is. `leafnotes replay NAME`
    understands the archived pages again without asking the source.

    \b
    Examples:
      leafnotes sources
      leafnotes sources billing-github --back 3d
    """
    if sum(map(bool, (back, back_to, from_start))) > 1:
        stop("give one of --back, --back-to and --from-start", 2)
    if (back or back_to or from_start) and name is None:
        stop("name the source whose cursor is to be moved", 2)
    with deployment(options) as house:
        _known(house, name)
        if name is not None and (back or back_to or from_start):
            _move_back(house, name, _span(back), back_to)
        for one in [name] if name else sorted(house.sources):
            _print(house, one, as_json)


@click.command()
@click.argument("name", metavar="SOURCE")
@click.option("--since", type=Moment(), metavar="ISO8601", help="Only what changed from this moment on.")
@click.pass_obj
def backfill(options: Global, name: str, since: datetime | None) -> None:
    """Fetch the history of SOURCE: all of it, or what changed since a moment, open and closed issues.

    For a repository, project or queue that was added to a source which was read already, and for what a token could not
    see before. Issues count in the weeks in which they were written, so that old ones are no news to any leader. What
    is stored already and did not change is left as it is; stopped half way, the next pull goes on from there.

    \b
    Examples:
      leafnotes backfill billing-github
      leafnotes backfill support --since 2026-01-01
    """
    with deployment(options) as house:
        _known(house, name)
        _move_back(house, name, None, since)
        result = data.pull_one(house, name)
        for line in data.told(result):
            click.echo(line)
        if result["error"] or data.nothing_understood(result):
            raise SystemExit(1)


def _known(house: Deployment, name: str | None) -> None:
    """Stops where there is no such source; makes sure that the configured ones have their rows."""
    if name is not None and name not in house.sources:
        stop(f"no such source: {name} (there are {', '.join(sorted(house.sources)) or 'none'})", 2)
    with db.transaction(house.database) as session:
        sources.ensure(session, house.kinds)


def _span(text: str | None) -> timedelta | None:
    try:
        return span(text) if text else None
    except ValueError as error:
        stop(str(error), 2)


def _move_back(house: Deployment, name: str, by: timedelta | None, to: datetime | None) -> None:
    with db.transaction(house.database) as session:
        cursor = sources.state(session, name).cursor
        moved = sources.moved_back(cursor, by, to)
        if moved is None:
            kind = house.kinds[name]
            stop(f"the cursor of a {kind} source is no moment: it can only be read --from-start", 2)
        sources.move_cursor(session, name, moved)
        work.release(session, "pull", name)


def _print(house: Deployment, name: str, as_json: bool) -> None:
    with db.reading(house.database) as session:
        state = sources.state(session, name)
    words = house.sources[name].describe(state.cursor)
    if as_json:
        say_json(
            {
                "name": name,
                "kind": state.kind,
                "cursor": words,
                "read_to": state.read_to,
                "attempted_at": state.attempted_at,
                "failures": state.failures,
                "error": state.last_error,
            }
        )
        return
    click.echo(f"{name} ({state.kind}): {words}")
    if state.last_error:
        click.echo(f"    {state.failures} failed pull(s), the last: {state.last_error}")


@click.group()
def connector() -> None:
    """Test a connector against a hostile fake of its source, or begin a new one.

    \b
    Examples:
      leafnotes connector test zendesk
      leafnotes connector new acme-desk
    """


@connector.command("test")
@click.argument("kind")
@click.option("--case", "wanted", multiple=True, metavar="K1", help="Only this case; may be given several times.")
@click.option("--source", metavar="NAME", help="For kind rest: the description of this source in sources.yaml.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a case.")
@click.pass_obj
def test_connector(options: Global, kind: str, wanted: tuple[str, ...], source: str | None, as_json: bool) -> None:
    """Run K1 to K16 on the connector KIND: a kind from `leafnotes connectors`, or package.module:Class.

    Needs no credentials and no network but loopback. Exit code 1 if a case fails.

    \b
    Examples:
      leafnotes connector test github
      leafnotes connector test acme_leafnotes.desk:AcmeDesk --case K1 --case K7
      leafnotes connector test rest --source acme
    """
    from connectors.kit import run
    from connectors.kit.cases import CASES

    made, speaks = _connector(kind), None
    if source is not None:
        made, speaks = _described(options, source)
    if made.profile is None and not made.dialect:
        stop(
            f"{made.kind}: nothing was tested: the kit's fakes are servers, and this source is none. "
            f"docs/connectors/{made.kind}.md says what it was tested with"
        )
    unknown = sorted({case.upper() for case in wanted} - {case.id for case in CASES})
    if unknown:
        stop(f"no case is called {', '.join(unknown)}; there are {', '.join(case.id for case in CASES)}", 2)
    chosen = [case for case in CASES if not wanted or case.id in {name.upper() for name in wanted}]
    failed = 0
    try:
        speaks = speaks or run.dialect_of(made)
    except run.NoDialect as why:
        stop(str(why))
    for outcome in run.run(made, speaks, chosen):
        failed += outcome.result == "failed"
        if as_json:
            case = outcome.case
            say_json({"case": case.id, "name": case.name, "result": outcome.result, "why": outcome.why or None})
        else:
            click.echo(f"{outcome.case.id:4} {outcome.case.name:30} {outcome.result:15} {outcome.why}".rstrip())
    if not as_json:
        click.echo(f"beyond the kit it was proved against: {speaks.proved}")
    if failed:
        raise SystemExit(1)


def _described(options: Global, name: str) -> tuple[type[Connector[Any]], type[Any]]:
    """The connector of a source that is described as data, and the fake that its description makes."""
    from connectors.described import Described
    from connectors.description import DescribedOptions
    from connectors.kit.dialects.described import dialect_for

    with deployment(options, migrate=False) as house:
        found = house.sources.get(name)
        if found is None or not isinstance(found.options, DescribedOptions):
            described = [n for n, s in sorted(house.sources.items()) if isinstance(s.options, DescribedOptions)]
            stop(f"{name} is no source of kind rest; there are {', '.join(described) or 'none'}", 2)
        return Described.of(found.options), dialect_for(found.options)


def _connector(kind: str) -> type[Connector[Any]]:
    sys.path.insert(0, str(Path.cwd()))  # where a new connector lies before it is installed
    try:
        return connector_for(kind)
    except NoConnector as error:
        stop(f"{error}. {error.remedy}", 1 if error.__cause__ else 2)


@connector.command("new")
@click.argument("name")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The folder; default: here."
)
def new_connector(name: str, into: Path) -> None:
    """Write a connector, its dialect, its test and its page, ready to be filled in. Nothing is overwritten.

    What it writes passes the kit as it stands, against an invented desk; change it towards yours step by step.

    \b
    Example:
      leafnotes connector new acme-desk --into acme_leafnotes
    """
    from connectors.kit import scaffold

    try:
        written = scaffold.write(name, into)
    except (scaffold.Refused, SourceError) as why:
        stop(str(why), 2)
    for path in written:
        click.echo(f"wrote {path}")
    module = scaffold.module_of(name)
    there = "" if into == Path() else f"cd {into} && "
    click.echo(f"Then: {there}leafnotes connector test {module}:{scaffold.class_of(name)}")


COMMANDS = (list_sources, backfill, connector)
