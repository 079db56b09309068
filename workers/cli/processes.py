"""The long-running processes and the whole loop: migrate, run, worker, beat, status."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy.orm import Session

from pipeline import drift, periods, proposing, steps
from pipeline.store import db, digests, issues, registry, schema, sources, work
from pipeline.store import drift as drift_store
from workers.cli import calling, model
from workers.cli.base import Global, deployment, engine, say_json, stop
from workers.engine import EMPTY, Engine
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
@click.option("--once", is_flag=True, help="Pull everything now, do what is due, and end, instead of going on.")
@click.option("--again", is_flag=True, help="With --once: decide all digests anew, if none was mailed.")
@click.pass_obj
def run(options: Global, once: bool, again: bool) -> None:
    """The whole loop in one process: pull, classify, assign, compose what is due, send. Needs no broker.

    Mails are sent when LEAFNOTES_SMTP_URL is set, and written to the folder `digests` of the configuration directory
    when it is not. Ctrl-C loses nothing: the next run goes on where this one stopped. A digest is decided once; while
    you are setting up, --again forgets what was decided and decides it anew from everything that is stored.

    \b
    Examples:
      leafnotes run --once
      leafnotes run --once --again
      leafnotes --as-of 2026-09-21T12:00+01:00 run --once
    """
    if again and not once:
        stop("--again needs --once", 2)
    with deployment(options) as house:
        if house.environment.smtp_url is not None:
            house.require_secret_key()
        runner = engine(house)
        if again:
            _decide_again(runner)
        if once:
            runner.pull_now(sorted(house.sources))
            runner.run_once()
            raise SystemExit(_say(house))
        try:
            while True:
                runner.run_once()
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            click.echo("stopped; nothing is lost, the next run goes on from here", err=True)


def _decide_again(runner: Engine) -> None:
    try:
        with runner.transaction() as session:
            steps.decide_again(session)
    except steps.AlreadyMailed:
        stop("mails have been sent: digests that somebody may have read are not decided again")


def _say(house: Deployment) -> int:
    report = _report(house, listed=3)
    failed = any(source["error"] for source in report["sources"])
    for source in report["sources"]:
        click.echo(f"{source['name']}: {source['issues']} issues, {_health(source)}")
    heard = any(source["issues"] for source in report["sources"])
    nothing = "no digest is due" if heard else "no issue was read yet, so no digest is made"
    click.echo(f"{report['period']}: {report['digests'] or nothing}")
    for problem in report["problems"]:
        click.echo(problem, err=True)
    for source, count in report["set_aside"].items():
        click.echo(f"{source}: {count} items could not be understood; `leafnotes status` lists them", err=True)
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
        _started(house, f"worker with {concurrency} processes")
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
        _started(house, "beat, one look every 15 s")
    app.Beat(loglevel="WARNING", quiet=True).run()


@click.command()
@click.option("--listen", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.pass_obj
def web(options: Global, listen: str) -> None:
    """The web server: it receives webhooks at /hooks/SOURCE, for sources that have `webhook_secrets`.

    Needs LEAFNOTES_SECRET_KEY. Put a proxy that speaks TLS in front of it.

    \b
    Example:
      leafnotes web --listen 127.0.0.1:8080
    """
    from waitress import serve

    from workers.app import publish
    from workers.web.app import create
    from workers.web.hooks import LARGEST

    with deployment(options, migrate=False) as house:
        house.require_secret_key()
        _at_this_version(house)
        runner = Engine(house, publish) if house.environment.broker_url else Engine(house)
        if house.environment.broker_url:
            _celery(options, house)
        hooked = [name for name, source in sorted(house.sources.items()) if source.webhook_secrets]
        click.echo(f"listening on http://{listen}; webhooks for {', '.join(hooked) or 'no source'}", err=True)
        serve(create(runner), listen=listen, threads=8, ident=None, max_request_body_size=LARGEST * 2)


def _started(house: Deployment, what: str) -> None:
    broker = urlsplit(house.environment.broker_url or "")
    where = f"{broker.scheme}://{broker.hostname}:{broker.port or 6379}"
    click.echo(f"{what}; broker {where}, database {house.database.url.render_as_string(hide_password=True)}", err=True)


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
        report = _report(house, listed=500 if as_json else 10)
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
    if report["language_model"] is not None:
        click.echo(f"model    {_asked(report['language_model'])}")
    if report["lessons"]:
        click.echo(f"lessons  {report['lessons']}")
    if report["drift"]:
        click.echo(f"drift    {report['drift'][0]}")
    for one in report["escalations"]["waiting"]:
        click.echo(f"escalated {one['issue']}: {one['said']}")
    for rule in report["escalations"]["demoted"]:
        click.echo(f"rule     {rule}")
    click.echo(f"digests  {report['period']}: {report['due']} due, {report['digests'] or 'none decided'}")
    for problem in report["problems"]:
        click.echo(f"problem  {problem}")
    for source, count in report["set_aside"].items():
        click.echo(f"problem  {source}: {count} items in all could not be understood; --json lists the newest 500")


def _asked(model: Mapping[str, Any]) -> str:
    said = f"{model['name']}: {model['asked_today']} of {model['per_day']} texts asked today, {model['waiting']} wait"
    if not model["failures"]:
        return said
    again = model["again_in_seconds"]
    when = f", asked again in {again} s" if again else ""
    return f"{said}; {model['failures']} in vain in a row{when}: {model['trouble']}"


def _language_model(house: Deployment, session: Any) -> Mapping[str, Any] | None:
    model, per_day = house.language_model, house.settings.language_model.per_day
    return None if model is None else proposing.report(session, model, per_day, house.now(), house.zone)


def _empty(session: Any, name: str) -> str | None:
    return registry.mark(session, f"{EMPTY}{name}")


def _nothing_came(name: str, since: str) -> str:
    return (
        f"{name}: since {since:.16} nothing came, not even what came last; "
        "if nobody deleted that, the credential sees less than before: check its rights"
    )


def _report(house: Deployment, listed: int) -> dict[str, Any]:
    """What is going on; of the items that were set aside the newest `listed`."""
    now = house.now()
    period = periods.last_ended(now, house.zone)
    with db.reading(house.database) as session:
        states = sources.states(session)
        counts = digests.counts(session, period.label)
        problems = [f"set aside: {kind} {key}: {why}" for kind, key, why in work.set_aside(session)]
        problems += [f"failing: {kind} {key}, {n} tries: {why}" for kind, key, n, why in work.failing(session)]
        problems += [f"quarantine: {source} {what}: {why}" for source, what, why in issues.quarantined(session, listed)]
        problems += [_nothing_came(name, since) for name in sorted(house.sources) if (since := _empty(session, name))]
        problems += [
            f"digest of {leader}, {label}: {why}" for leader, label, why in digests.alarms(session, period.label)
        ]
        return {
            "period": period.label,
            "due": sum(house.due(period, leader) <= now for leader in house.org.leaders),
            "digests": ", ".join(f"{count} {state}" for state, count in sorted(counts.items())),
            "sources": [_source(house, session, name, states.get(name), now) for name in sorted(house.sources)],
            "backlog": {
                f"{kind} {state}": n for (kind, state), n in sorted(work.backlog(session).items()) if state != "done"
            },
            "language_model": _language_model(house, session),
            "lessons": model.waiting(session),
            "escalations": calling.report(house, session, now),
            "drift": _drift(session, now, house.zone),
            "failing": len(work.failing(session)) + len(work.set_aside(session)),
            "set_aside": issues.quarantined_counts(session),
            "problems": problems,
        }


def _drift(session: Session, now: datetime, zone: str) -> list[str]:
    """What changed in the open week, or in the last one that ended, beside the eight weeks before it."""
    open_week = periods.period_at(now, zone)
    every = [open_week]
    for _ in range(drift.WEEKS + 1):
        every.append(periods.before(every[-1]))
    weeks = drift_store.weeks(session, every[::-1])
    found = [*drift.changes(weeks[-2], weeks[:-2]), *drift.changes(weeks[-1], weeks[:-1])]
    return [str(change) for change in sorted(found, key=lambda change: -change.score)]


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


COMMANDS = (migrate, run, worker, beat, web, status)
