"""The options that every command has. Imports nothing that `leafnotes --help` could do without."""

import getpass
import logging
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click


@dataclass(frozen=True, slots=True)
class Global:
    directory: Path
    as_of: datetime | None


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment; one without an offset is read as UTC, and said so in --help."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment; write it like 2026-09-21T09:00:00+01:00", param, ctx)
        if not 1900 <= moment.year < 3000:  # years before and after it are counted
            self.fail(f"{value!r} is not in the years from 1900 to 2999", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Week(click.ParamType[str]):
    """The label of an ISO week, in the years of a `Moment`."""

    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"(19|2[0-9])[0-9]{2}-W[0-9]{2}", value):
            self.fail(f"{value!r} is not an ISO week; write it like 2026-W38", param, ctx)
        return str(value)


def login_name() -> str:
    """Who calls. In a container the number of a user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # until Python 3.12, and since
        return f"uid {os.getuid()}"


Command = TypeVar("Command", bound=Callable[..., Any])


def decided_by(who: str = "Who decides.") -> Callable[[Command], Command]:
    """The option of commands that keep who gave them; `who` is its help."""
    return click.option("--by", default=login_name, show_default="your login name", help=who)


def quiet_logs(verbose: bool) -> None:
    """Structured lines go to standard error; results go to standard output."""
    import structlog  # a tenth of a second that `--help` need not pay

    level = logging.INFO if verbose else logging.WARNING
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
