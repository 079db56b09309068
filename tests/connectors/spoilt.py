"""Raw items as no server should send them."""

import random
from typing import Any

ODD: list[Any] = [
    None,
    7,
    -1,
    1e308,
    True,
    "",
    "9999-99-99",
    "\x00\udcff",
    [],
    {},
    [None],
    [[]],
    {"a": None},
    "x" * 5000,
]


def spoilt(chance: random.Random, value: Any, depth: int) -> Any:
    """The value with one thing in it replaced or left out, somewhere down to this depth."""
    if depth and isinstance(value, dict) and value:
        name = chance.choice(sorted(value))
        if chance.random() < 0.15:
            return {key: kept for key, kept in value.items() if key != name}
        return {**value, name: spoilt(chance, value[name], depth - 1)}
    if depth and isinstance(value, list) and value:
        place = chance.randrange(len(value))
        return [*value[:place], spoilt(chance, value[place], depth - 1), *value[place + 1 :]]
    return chance.choice(ODD)
