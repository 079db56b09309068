"""Runs the cases on a connector and says what was proved."""

import importlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

from connectors.base import Connector, SourceError
from connectors.kit.bench import Bench, Failed, Inapplicable, quick
from connectors.kit.cases import CASES, Case
from connectors.kit.dialect import Dialect
from connectors.kit.server import running
from connectors.kit.world import World

GROUP = "leafnotes.dialects"


class NoDialect(Exception):
    """The kit cannot speak for a connector's source."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; `why` is the failure, or why it does not apply."""

    case: Case
    result: Literal["passed", "failed", "does not apply"]
    why: str = ""


def dialect_of(connector: type[Connector[Any]]) -> type[Dialect]:
    """The fake of a connector's source: its `dialect`, or an entry point of the group `leafnotes.dialects`.

    Raises `NoDialect`.
    """
    named = [point for point in entry_points(group=GROUP) if point.name == connector.kind]
    place = connector.dialect or (named[0].value if named else "")
    module, _, name = place.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise NoDialect(
            f"the kit does not know how the source of {connector.kind!r} speaks: set `dialect` of "
            f"{connector.__name__} to package.module:Class, a subclass of connectors.kit.dialect.Dialect"
        ) from None
    return found  # type: ignore[no-any-return]


def run(
    connector: type[Connector[Any]], dialect: type[Dialect] | None = None, cases: Sequence[Case] = CASES
) -> Iterator[Outcome]:
    """The outcome of each case, one after the other; needs no credentials and opens nothing but loopback."""
    speaks = dialect or dialect_of(connector)
    for case in cases:
        yield _outcome(connector, speaks, case)


def _outcome(connector: type[Connector[Any]], dialect: type[Dialect], case: Case) -> Outcome:
    promised = case.id == "K7" and connector.profile is not None and connector.profile.window is not None
    if case.id in dialect.without and not promised:
        return Outcome(case, "does not apply", dialect.without[case.id])
    tick = connector.profile.tick if connector.profile is not None else World().tick
    with tempfile.TemporaryDirectory() as folder, quick() as held, running(dialect, World(tick)) as fake:
        try:
            case.run(Bench(connector, fake, Path(folder), held))
        except Inapplicable as why:
            return Outcome(case, "does not apply", str(why))
        except Failed as why:
            return Outcome(case, "failed", str(why))
        except SourceError as error:
            return Outcome(case, "failed", f"the connector gave up: {error}")
        except Exception as error:  # a crash is a finding about the connector, not the end of the report
            return Outcome(case, "failed", f"crashed: {type(error).__name__}: {error}")
    return Outcome(case, "passed")
