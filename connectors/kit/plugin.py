"""The kit for pytest: `pytest --leafnotes-connector acme_desk:AcmeDesk` adds a test for each of K1 to K16.

Every run of pytest loads this file, so what is ours is imported only where the option is used.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from connectors.base import Connector
    from connectors.kit.run import Outcome

GROUP = "leafnotes.connectors"
OPTION = "--leafnotes-connector"
Prove = Callable[[], "Outcome"]
"""Runs one case."""


class NotKept(Exception):
    """A case that failed; the words are its reason."""


class Tested(NamedTuple):
    """A connector as it was named, and its cases: (id, name, how to run it)."""

    named: str
    cases: Sequence[tuple[str, str, Prove]]


CHOSEN = pytest.StashKey[list[Tested]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("leafnotes").addoption(
        OPTION,
        action="append",
        default=[],
        metavar="MODULE:CLASS",
        help="test this connector with the contract kit, K1 to K16; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Raises `UsageError` for what is no connector, or one whose source the kit cannot speak for."""
    named = list(dict.fromkeys(config.getoption(OPTION)))
    if not named:
        return
    here = str(config.invocation_params.dir)
    if here not in sys.path:
        sys.path.insert(0, here)  # where a new connector lies before it is installed
    config.stash[CHOSEN] = [_tested(name) for name in named]


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    for tested in config.stash.get(CHOSEN, []):
        contract = Contract.from_parent(session, name=tested.named, nodeid=tested.named, tested=tested)
        items.extend(contract.collect())


class Contract(pytest.Collector):
    """The cases of one connector."""

    def __init__(self, *, tested: Tested, **given: Any) -> None:
        super().__init__(**given)
        self.tested = tested

    def collect(self) -> Iterator["Case"]:
        for number, name, prove in self.tested.cases:
            yield Case.from_parent(self, name=number, told=name, prove=prove)


class Case(pytest.Item):
    """One case of the kit on one connector."""

    def __init__(self, *, told: str, prove: Prove, **given: Any) -> None:
        super().__init__(**given)
        self.told = told
        self.prove = prove

    def runtest(self) -> None:
        outcome = self.prove()
        if outcome.result == "failed":
            raise NotKept(outcome.why)
        if outcome.result == "does not apply":
            pytest.skip(f"does not apply: {outcome.why}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """The reason alone: a traceback through the kit tells nobody anything about a connector."""
        return str(excinfo.value) if isinstance(excinfo.value, NotKept) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.nodeid} {self.told}"


def _tested(named: str) -> Tested:
    from connectors.kit import run
    from connectors.kit.cases import CASES

    connector = _connector(named)
    try:
        speaks = run.dialect_of(connector)
    except run.NoDialect as why:
        raise pytest.UsageError(f"{OPTION} {named}: {why}") from None

    def proof(case: Any) -> Prove:
        return lambda: next(iter(run.run(connector, speaks, [case])))

    return Tested(named, [(case.id, case.name, proof(case)) for case in CASES])


def _connector(named: str) -> "type[Connector[Any]]":
    """The class of an installed kind or of `package.module:Class`."""
    from connectors.base import Connector

    installed = [point.value for point in entry_points(group=GROUP) if point.name == named]
    module, _, name = (installed[0] if installed else named).partition(":")
    try:
        found = getattr(import_module(module), name, None)
    except Exception as error:  # the module of a new connector may be broken in any way
        raise pytest.UsageError(f"{OPTION} {named}: it cannot be imported: {type(error).__name__}: {error}") from None
    if not (isinstance(found, type) and issubclass(found, Connector)):
        raise pytest.UsageError(f"{OPTION} {named}: name a kind of `leafnotes connectors`, or package.module:Class")
    return found
