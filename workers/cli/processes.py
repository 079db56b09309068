"""The long-running processes and the whole loop: migrate, run, worker, beat, status."""

import time
from datetime import timedelta
from typing import Any

import click

from pipeline import periods
from pipeline.store import db, digests, issues, schema, sources, work
from workers.cli.base import Global, deployment, engine, say_json, stop
from workers.wiring import Deployment

PAUSE = 15.0


@click.command()
@click.pass_obj
def migrate(options: Global) -> None:
    """Bring the database to this version. PostgreSQL is only ever migrated by this; SQLite by whatever comes first.

    \b
    Example:
      LEAFNOTES_DATABASE_URL=postgresql://leafnotes@db/leafnotes leafnotes migrate
    """
    with deployment(options, migrate=False) as house:
        before = schema.version(house.database)
        schema.migrate(house.database)
        after = schema.version(house.database)
        click.echo(f"database at {after}" + (" already" if before == after else f" (was {before or 'empty'})"))


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and end, instead of going on.")
@click.pass_obj
def run(options: Global, once: bool) -> None:
    """The whole loop in one process: pull, classify, assign, compose what is due, send. Needs no broker.

    Mails are sent when LEAFNOTES_SMTP_URL is set, and written to the folder `digests` of the configuration directory
    when it is not. Ctrl-C loses nothing: the next run goes on where this one stopped.

    \b
    Examples:
      leafnotes run --once
      leafnotes --as-of 2026-09-21T12:00+01:00 run --once
    """
    with deployment(options) as house:
        if house.environment.smtp_url is not None:
            house.require_secret_key()
        runner = engine(house)
        if once:
            runner.run_once()
            raise SystemExit(_say(house))
        try:
            while True:
                runner.run_once()
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            click.echo("stopped; nothing is lost, the next run goes on from here", err=True)


def _say(house: Deployment) -> int:
    report = _report(house)
    failed = any(source["error"] for source in report["sources"])
    for source in report["sources"]:
        click.echo(f"{source['name']}: {source['issues']} issues, {_health(source)}")
    click.echo(f"{report['period']}: {report['digests'] or 'no digest is due'}")
    for problem in report["problems"]:
        click.echo(problem, err=True)
    return 1 if failed or report["failing"] or "held" in report["digests"] else 0


def _health(source: dict[str, Any]) -> str:
    if source["error"]:
        return f"failed: {source['error']}"
    return f"read to {source['read_to']:%Y-%m-%d %H:%M} UTC" if source["read_to"] else "never read"


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that work.")
@click.pass_obj
def worker(options: Global, concurrency: int) -> None:
    """A Celery worker. Start as many as you like, on as many hosts as you like.

    Needs LEAFNOTES_BROKER_URL (a Redis of its own, maxmemory-policy noeviction), LEAFNOTES_DATABASE_URL and
    LEAFNOTES_SECRET_KEY.

    \b
    Example:
      leafnotes worker --concurrency 4
    """
    with deployment(options, migrate=False) as house:
        house.require_secret_key()
        _at_this_version(house)
        app = _celery(options, house)
        house.require_safe_broker()
    app.worker_main(
        [
            "worker",
            "--pool=prefork",
            f"--concurrency={concurrency}",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=WARNING",
        ]
    )


@click.command()
@click.pass_obj
def beat(options: Global) -> None:
    """A metronome: it asks for a look at what is due, every 15 seconds. Any number of them is harmless.

    \b
    Example:
      leafnotes beat
    """
    with deployment(options, migrate=False) as house:
        app = _celery(options, house)
    app.Beat(loglevel="WARNING", quiet=True).run()


def _at_this_version(house: Deployment) -> None:
    if house.database.dialect.name == "sqlite":
        house.prepare()
    elif schema.version(house.database) != schema.head():
        stop("the database is not at this version: run `leafnotes migrate` once, then start the workers")


def _celery(options: Global, house: Deployment) -> Any:
    from workers.app import app

    if house.environment.broker_url is None:
        stop("LEAFNOTES_BROKER_URL is not set; without a broker use `leafnotes run`", 2)
    app.conf.broker_url = house.environment.broker_url
    app.conf.leafnotes_directory = options.directory
    app.conf.leafnotes_as_of = options.as_of
    return app


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def status(options: Global, as_json: bool) -> None:
    """Sources and their lag, backlog, due against sent, last errors, and what waits for a person.

    \b
    Example:
      leafnotes status --json
    """
    with deployment(options) as house:
        report = _report(house)
    if as_json:
        say_json(report)
        return
    for source in report["sources"]:
        lag = f", {source['lag']} behind" if source["lag"] else ""
        click.echo(
            f"source   {source['name']}: {source['issues']} issues, {_health(source)}{lag}; cursor {source['cursor']}"
        )
    for kind, count in report["backlog"].items():
        click.echo(f"work     {kind}: {count}")
    click.echo(f"digests  {report['period']}: {report['due']} due, {report['digests'] or 'none decided'}")
    for problem in report["problems"]:
        click.echo(f"problem  {problem}")


def _report(house: Deployment) -> dict[str, Any]:
    now = house.now()
    period = periods.last_ended(now, house.zone)
    with db.reading(house.database) as session:
        states = sources.states(session)
        counts = digests.counts(session, period.label)
        problems = [f"set aside: {kind} {key}: {why}" for kind, key, why in work.set_aside(session)]
        problems += [f"failing: {kind} {key}, {n} tries: {why}" for kind, key, n, why in work.failing(session)]
        problems += [f"quarantine: {source} {what}: {why}" for source, what, why in issues.quarantined(session)]
        problems += [f"digest of {leader}, {label}: {why}" for leader, label, why in digests.alarms(session)]
        return {
            "period": period.label,
            "due": sum(house.due(period, leader) <= now for leader in house.org.leaders),
            "digests": ", ".join(f"{count} {state}" for state, count in sorted(counts.items())),
            "sources": [_source(house, session, name, states.get(name), now) for name in sorted(house.sources)],
            "backlog": {
                f"{kind} {state}": n for (kind, state), n in sorted(work.backlog(session).items()) if state != "done"
            },
            "failing": len(work.failing(session)) + len(work.set_aside(session)),
            "problems": problems,
        }


def _source(house: Deployment, session: Any, name: str, state: Any, now: Any) -> dict[str, Any]:
    read_to = state.read_to if state else None
    lag = now - read_to if read_to is not None and now - read_to > timedelta(hours=1) else None
    return {
        "name": name,
        "kind": house.kinds[name],
        "issues": issues.count_of(session, name),
        "read_to": read_to,
        "lag": str(lag).split(".")[0] if lag else None,
        "failures": state.failures if state else 0,
        "error": state.last_error if state else None,
        "cursor": house.sources[name].describe(state.cursor if state else {}),
    }


COMMANDS = (migrate, run, worker, beat, status)
