"""What the fakes of the kit keep between two pages is what the world holds, and no more is made than is asked for."""

import tempfile
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.base import Connector
from connectors.described import Described
from connectors.freshdesk import Freshdesk
from connectors.github import GitHub
from connectors.gitlab import GitLab
from connectors.kit import run
from connectors.kit.bench import Bench, quick
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.server import running
from connectors.kit.world import Ticket, World, changed_since


class Read(Ticket):
    """Counts how often a ticket is put into words."""

    titles: ClassVar[int] = 0

    @property
    def title(self) -> str:
        Read.titles += 1
        return super().title


@pytest.mark.parametrize("kind", [Described, Freshdesk, GitHub, GitLab])
def test_a_fake_of_a_long_list_makes_the_rows_of_the_page_alone(kind: type[Connector[Any]]) -> None:
    world, shown = World(kind.profile.tick if kind.profile else World().tick), 0
    world.seed(60)
    world.tickets = {t.id: Read(*(getattr(t, field.name) for field in fields(t))) for t in world.tickets.values()}
    Read.titles = 0

    def count(request: Request, honest: Honest) -> Response:
        nonlocal shown
        answer = honest(request)
        shown += len(fake.dialect.rows(answer)) if fake.dialect.is_list(request) else 0
        return answer

    with tempfile.TemporaryDirectory() as folder, quick() as held, running(run.dialect_of(kind), world) as fake:
        fake.trouble = count
        Bench(kind, fake, Path(folder), held).pull()

    assert shown >= 60
    assert Read.titles == shown


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        (lambda world: setattr(world.tickets[2], "updated", world.now + timedelta(seconds=1)), [1, 3, 4, 2]),
        (lambda world: setattr(world.tickets[2], "state", "closed"), [1, 3, 4]),
        (lambda world: setattr(world.tickets[2], "hidden", True), [1, 3, 4]),
        (lambda world: world.tickets.pop(2), [1, 3, 4]),
        (lambda world: world.add(), [1, 2, 3, 4, 5]),
        (lambda world: world.edit(world.tickets[1]), [2, 3, 4, 1]),
    ],
    ids=["moment", "state", "hidden", "out of sight", "new", "edit"],
)
def test_what_is_kept_is_made_anew_after_any_change(change: Callable[[World], object], ids: list[int]) -> None:
    world = World()
    world.seed(4)

    def kept() -> list[int]:
        rows = world.kept("open", lambda: world.listed(lambda t: t.state == "open"))
        return [t.id for t in rows]

    before = kept()
    change(world)

    assert (before, kept()) == ([1, 2, 3, 4], ids)


def test_what_is_kept_is_made_once_for_each_key_while_nothing_changes() -> None:
    world, made = World(), []
    world.seed(3)

    for key in ("a", "b", "a", "b"):
        world.kept(key, lambda key=key: made.append(key) or [key])

    assert made == ["a", "b"]


def test_changes_since_a_moment_begin_with_all_that_changed_in_it() -> None:
    world = World()
    for second in (0, 1, 1, 1, 2):
        world.add(world.now + timedelta(seconds=second))

    found = changed_since(world.listed(), world.now + timedelta(seconds=1))

    assert [t.id for t in found] == [2, 3, 4, 5]
