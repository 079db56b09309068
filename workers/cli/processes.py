"""The long-running processes and the whole loop: migrate, run, worker, beat, status."""

import signal
import sqlite3
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click
import structlog
from sqlalchemy.exc import OperationalError

from pipeline import steps
from pipeline.store import db, schema
from workers import alive, broker
from workers.cli.base import deployment, engine, logs_as_json, say_json, stop
from workers.cli.options import Global
from workers.engine import Engine
from workers.queues import QUEUES
from workers.report import length, report, waits
from workers.stopping import Stop
from workers.wiring import Deployment

log = structlog.get_logger()

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
        _run(runner)
        click.echo("stopped; nothing is lost, the next run goes on from here", err=True)


def _run(runner: Engine) -> None:
    """Until SIGTERM or Ctrl-C: then the step that runs is finished, or given back."""
    stop_asked = Stop()
    runner.stopping = stop_asked
    try:
        with stop_asked.listening():
            while not stop_asked.asked:
                stop_asked.idle = False
                _turn(runner)
                stop_asked.idle = True
                time.sleep(PAUSE)
    except KeyboardInterrupt:
        runner.give_back()


def _turn(runner: Engine) -> None:
    """A database that is away, full or locked is waited for: when it is back, nobody has to start this again."""
    try:
        runner.run_once()
    except OperationalError as error:
        click.echo(f"the database cannot be used, trying again: {db.said(error)}", err=True)


def _decide_again(runner: Engine) -> None:
    try:
        with runner.transaction() as session:
            steps.decide_again(session)
    except steps.AlreadyMailed:
        stop("mails have been sent: digests that somebody may have read are not decided again")


def _say(house: Deployment) -> int:
    found = report(house, listed=3)
    failed = any(source["error"] for source in found["sources"])
    for source in found["sources"]:
        click.echo(f"{source['name']}: {source['issues']} issues, {_health(source)}")
    heard = any(source["issues"] for source in found["sources"])
    nothing = f"{found['due']} digests due, none decided yet" if found["due"] else "no digest is due"
    nothing = nothing if heard else "no issue was read yet, so no digest is made"
    click.echo(f"{found['period']}: {found['digests'] or nothing}")
    for week in found["waiting"]:
        click.echo(waits(week), err=True)
    for problem in found["problems"]:
        click.echo(problem, err=True)
    for source, count in found["set_aside"].items():
        click.echo(f"{source}: {count} items could not be understood; `leafnotes status` lists them", err=True)
    unwritten = house.environment.smtp_url is None and "mail:deferred" in found["digests"]
    return 1 if failed or unwritten or found["failing"] or "held" in found["digests"] else 0


def _health(source: dict[str, Any]) -> str:
    if source["error"]:
        return f"failed: {source['error']}"
    return f"read to {source['read_to']:%Y-%m-%d %H:%M} UTC" if source["read_to"] else "never read"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(options: Global, file: Path) -> None:
    """A whole copy of the SQLite database, while everything runs. PostgreSQL has pg_dump.

    Keep `sent.log` where it is: after a restore it says which mails went out since (docs/operations.md).

    \b
    Example:
      leafnotes backup /var/backups/leafnotes-monday.db
    """
    with deployment(options, migrate=False) as house:
        if house.database.dialect.name != "sqlite":
            stop("this copies SQLite alone; make a backup of PostgreSQL with `pg_dump --format=custom`", 2)
        try:
            db.copy_to(house.database, file)
        except (OSError, sqlite3.Error) as error:
            stop(f"{file} cannot be written: {error.strerror if isinstance(error, OSError) else error}")
        click.echo(f"copied to {file}")


class Queues(click.ParamType[tuple[str, ...]]):
    """Names of queues with commas between them."""

    name = "queues"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        names = tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        if unknown := sorted(set(names) - set(QUEUES)):
            self.fail(f"{', '.join(unknown)} is no queue; there are {', '.join(QUEUES)}", param, ctx)
        return names


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that work.")
@click.option(
    "--queues",
    type=Queues(),
    default=",".join(QUEUES),
    show_default=True,
    metavar="NAMES",
    help="What it does: pull reads sources and mailboxes, classify understands, send decides and sends.",
)
@click.option(
    "--stalled-after",
    type=click.IntRange(5, 3600),
    default=180,
    show_default=True,
    metavar="SECONDS",
    help="It ends with exit code 1 when it does not answer itself for so long, so that it is started again.",
)
@click.pass_obj
def worker(options: Global, concurrency: int, queues: tuple[str, ...], stalled_after: int) -> None:
    """A Celery worker. Start as many as you like, on as many hosts as you like.

    Needs LEAFNOTES_BROKER_URL (a Redis of its own, maxmemory-policy noeviction), LEAFNOTES_DATABASE_URL and
    LEAFNOTES_SECRET_KEY. SIGTERM or Ctrl-C end it within ten seconds; what was not finished is given back.

    One that works on several queues keeps a process free of sources, so that one that hangs delays no mail; with
    --concurrency 1 it cannot.

    \b
    Examples:
      leafnotes worker --concurrency 4
      leafnotes worker --queues pull --concurrency 8
      leafnotes worker --queues classify,send
    """
    with deployment(options, migrate=False) as house:
        house.require_secret_key()
        _at_this_version(house)
        _celery(options, house)
        logs_as_json()
        house.require_safe_broker(_redis_is_away)
        _started(house, f"worker with {concurrency} processes for {', '.join(queues)}")
    from workers.working import work

    work(options.directory, options.as_of, concurrency=concurrency, names=queues, patience=stalled_after)


@click.command()
@click.pass_obj
def beat(options: Global) -> None:
    """A metronome: it asks for a look at what is due, every 15 seconds. Any number of them is harmless.

    \b
    Example:
      leafnotes beat
    """
    from celery.signals import after_task_publish, setup_logging

    with deployment(options, migrate=False) as house:
        app = _celery(options, house)
        _started(house, "beat, one look every 15 s")
    after_task_publish.connect(_sign_of_beat, weak=False)
    setup_logging.connect(_logs_are_set_up, weak=False)
    app.Beat(loglevel="WARNING", quiet=True).run()


@click.command()
@click.option("--listen", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.pass_obj
def web(options: Global, listen: str) -> None:
    """The web server: pages for leaders, engineers, operators and authors; webhooks at /hooks/SOURCE, for sources that
    have `webhook_secrets`. `leafnotes access` prints links to sign in with.

    Needs LEAFNOTES_SECRET_KEY. Put a proxy that speaks TLS in front of it.

    \b
    Example:
      leafnotes web --listen 127.0.0.1:8080
    """
    from workers.app import publish

    with deployment(options, migrate=False) as house:
        house.require_secret_key()
        _at_this_version(house)
        runner = Engine(house, publish) if house.environment.broker_url else Engine(house)
        if house.environment.broker_url:
            _celery(options, house)
        hooked = [name for name, source in sorted(house.sources.items()) if source.webhook_secrets]
        server = _server(runner, listen)
        logs_as_json()
        log.info("started", what="web", listening=f"http://{listen}", webhooks=hooked)
        signal.signal(signal.SIGTERM, _leave)  # the requests that run are answered
        server.run()


def _server(runner: Engine, listen: str) -> Any:
    from waitress import create_server

    from workers.web.app import create
    from workers.web.hooks import LARGEST

    port = listen.rpartition(":")[2]
    try:
        if port.isdecimal() and int(port) > 65535:  # which the system takes for another one
            raise ValueError
        return create_server(create(runner), listen=listen, threads=8, ident=None, max_request_body_size=LARGEST * 2)
    except ValueError:
        stop(f"--listen: {listen!r} is no HOST:PORT of this machine; write it like 127.0.0.1:8080", 2)
    except OSError as error:
        stop(f"cannot listen on {listen}: {error.strerror}")


def _logs_are_set_up(**_: Any) -> None:
    """Celery leaves the logs alone where somebody answers its signal."""


def _sign_of_beat(**_: Any) -> None:
    alive.sign("beat")


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _redis_is_away(why: str) -> None:
    log.warning("waiting for Redis", why=why, remedy="start it, or mend LEAFNOTES_BROKER_URL")


def _started(house: Deployment, what: str) -> None:
    url = urlsplit(house.environment.broker_url or "")
    where = f"{url.scheme}://{url.hostname}:{url.port or 6379}"
    logs_as_json()
    log.info("started", what=what, broker=where, database=house.database.url.render_as_string(hide_password=True))


def _at_this_version(house: Deployment) -> None:
    if house.database.dialect.name == "sqlite":
        house.prepare()
    elif not schema.serves(house.database):
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
@click.argument("process", type=click.Choice(["worker", "beat"]), required=False)
@click.pass_obj
def health(options: Global, process: str | None) -> None:
    """Whether work can be done: exit code 0, or 1 and what is wrong. For health checks of containers.

    Asks the database and, where there is one, the broker; with `worker` or `beat` also whether such a process of this
    machine gave a sign of life within the last minute.

    \b
    Example:
      leafnotes health worker
    """
    with deployment(options, migrate=False) as house:
        wrong = [] if schema.serves(house.database) else ["the database is not at this version"]
        if house.environment.broker_url is not None:
            wrong += [problem] if (problem := broker.problem(house.environment.broker_url)) else []
    if process is not None and not alive.gave_sign(process, within=60.0):
        wrong.append(f"no {process} of this machine gave a sign of life within a minute")
    if wrong:
        stop("\n".join(wrong))
    click.echo("healthy")


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
        found = report(house, listed=500 if as_json else 10)
    if as_json:
        say_json(found)
        return
    for source in found["sources"]:
        lag = f", {source['lag']} behind" if source["lag"] else ""
        click.echo(
            f"source   {source['name']}: {source['issues']} issues, {_health(source)}{lag}; cursor {source['cursor']}"
        )
    for kind, count in found["backlog"].items():
        click.echo(f"work     {kind}: {count}")
    if found["language_model"] is not None:
        click.echo(f"model    {_asked(found['language_model'])}")
    if found["lessons"]:
        click.echo(f"lessons  {found['lessons']}")
    if found["drift"]:
        click.echo(f"drift    {found['drift'][0]}")
    for line in found["corrections"][:5]:
        click.echo(f"corrected {line}")
    if len(found["corrections"]) > 5:
        click.echo(f"corrected {len(found['corrections']) - 5} more; `leafnotes corrections` lists them")
    for one in found["away"]:
        click.echo(f"away: {one['said']}")
    if found["check_in"]:
        click.echo(f"check-in {found['check_in']}")
    if found["preview"]:
        click.echo(f"preview {found['preview']}")
    for one in found["escalations"]["waiting"]:
        click.echo(f"escalated {one['issue']}: {one['said']}")
    for rule in found["escalations"]["demoted"]:
        click.echo(f"rule     {rule}")
    click.echo(f"digests  {found['period']}: {found['due']} due, {found['digests'] or 'none decided'}")
    for week in found["waiting"]:
        click.echo(f"release  {waits(week)}")
    for problem in found["problems"]:
        click.echo(f"problem  {problem}")
    for source, count in found["set_aside"].items():
        click.echo(f"problem  {source}: {count} items in all could not be understood; --json lists the newest 500")


def _asked(model: Mapping[str, Any]) -> str:
    said = f"{model['name']}: {model['asked_today']} of {model['per_day']} texts asked today, {model['waiting']} wait"
    if not model["failures"]:
        return said
    again = model["again_in_seconds"]
    when = f", asked again in {length(timedelta(seconds=again))}" if again else ""
    return f"{said}; {model['failures']} in vain in a row{when}: {model['trouble']}"


COMMANDS = (migrate, backup, run, worker, beat, web, health, status)
