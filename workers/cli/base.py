"""What every command shares: opening the deployment, progress, and how errors are said."""

import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import structlog
from sqlalchemy.exc import ArgumentError, DBAPIError
from structlog.typing import Processor

from pipeline.store.schema import Outdated
from workers.cli.options import Global
from workers.engine import Engine
from workers.wiring import Deployment, Misconfigured


def logs_as_json() -> None:
    """Of a process that runs for long: one JSON object a line on standard error, Celery's and other libraries' too."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    pools = logging.getLogger("multiprocessing")  # Celery's pool tells nobody above it
    pools.handlers, pools.propagate = [handler], False
    logging.captureWarnings(True)


@contextmanager
def deployment(options: Global, *, migrate: bool = True) -> Iterator[Deployment]:
    """The deployment of --config, its database at this version; problems are said and end the command with 1."""
    try:
        house = Deployment.read(options.directory, as_of=options.as_of)
        if migrate:
            house.prepare()
        try:
            yield house
        finally:
            house.database.dispose()
            if sys.stderr.isatty():
                _progress()
    except Misconfigured as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        stop("`leafnotes check` shows everything that is wrong")
    except Outdated as error:
        stop(str(error))
    except DBAPIError as error:
        stop(f"the database cannot be used: {str(error.orig or type(error).__name__).splitlines()[0]}")
    except ArgumentError:  # its words may repeat the URL
        stop("the database cannot be used: LEAFNOTES_DATABASE_URL is not understood")


def engine(house: Deployment) -> Engine:
    """The engine in this process; with a terminal on standard error, a line of progress while pages come in."""
    return Engine(house, say=_progress if sys.stderr.isatty() else None)


def _progress(text: str = "") -> None:
    """One line that is written over by the next."""
    click.echo(f"\r\x1b[K{text[:100]}", nl=False, err=True)


def command_name() -> str:
    """How this command was called, so that what we suggest can be typed as it stands."""
    called = Path(sys.argv[0])
    if called.name != "leafnotes" or shutil.which("leafnotes") == str(called):
        return "leafnotes"
    return os.path.relpath(called) if called.is_absolute() else str(called)


def stop(message: str, code: int = 1) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


def say_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")
