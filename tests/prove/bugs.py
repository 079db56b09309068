"""Planted bugs: switches that break the application in the process, so that the harness can show that it would notice."""

from collections.abc import Callable

BUGS: dict[str, tuple[str, Callable[[], None]]] = {}
"""Name to what it breaks, and how."""


def plant(name: str) -> None:
    if name:
        BUGS[name][1]()
