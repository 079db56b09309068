"""Reading what servers say: JSON values of which nothing is certain, as the types that our values need."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

KIND_LABEL: Final = re.compile(
    r"(?:(?:kind|type|t|c)\s*(?:::?|[/-])\s*)?"
    r"(bug|defect|regression|incident|enhancement|feature|feature[ -]request|improvement|question|support|"
    r"documentation|docs|task|chore)",
    re.IGNORECASE,
)


OBJECT: Final = (dict, Mapping)
"""What JSON gives is a dict, which is known sooner than a Mapping."""


def mapping(value: object) -> Mapping[str, Any]:
    """The object that it should be; an empty one where it is something else."""
    return value if isinstance(value, OBJECT) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [entry for entry in value if isinstance(entry, OBJECT)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Text that a database takes, without NUL or half a surrogate pair; None where it is no text or empty."""
    if not isinstance(value, str) and (isinstance(value, bool) or not isinstance(value, int)):
        return None
    text = str(value)
    if not text.isascii() or "\x00" in text:
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return text or None


def segment(value: object) -> str:
    """An id as one part of a path, whatever is in it."""
    return quote(str(value)[:200].encode("utf-8", "replace"), safe="") or "-"


def whole(value: object) -> int | None:
    """A whole number; None for anything else (a text of digits is one, true is not)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 18:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def at(value: object, *path: str | int) -> Any:
    """What lies at a path inside a value; None where the way ends."""
    for step in path:
        if isinstance(step, str) and isinstance(value, OBJECT):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, Sequence) and not isinstance(value, str):
            value = value[step] if -len(value) <= step < len(value) else None
        else:
            return None
    return value


def names(value: object, key: str = "name") -> tuple[str, ...]:
    """The names in a list of names, or of objects that have one, without doubles."""
    entries = value if isinstance(value, list) else []
    found = [text(entry.get(key) if isinstance(entry, OBJECT) else entry) for entry in entries]
    return tuple(dict.fromkeys(filter(None, found)))


def kind_label(labels: Iterable[str]) -> str | None:
    """The first label that says what kind of issue it is (bug, kind/feature, "type: question", type::docs)."""
    return next(filter(None, map(_kind_in, labels)), None)


@lru_cache(1_000)
def _kind_in(label: str) -> str | None:
    match = KIND_LABEL.fullmatch(label)
    return None if match is None else match[1]


def field_marks(fields: object) -> tuple[str, ...]:
    """What custom fields hold, as "name=value", for an operator's `tags`.

    Fields come as an object of values, or as a list of {"name", "id" or "key": ..., "value", "values" or "text": ...}.
    """
    if isinstance(fields, Mapping):
        pairs = list(fields.items())
    else:
        entries = objects(fields)
        pairs = [
            (entry.get(name), entry.get(value))
            for entry in entries
            for name in ("name", "id", "key")
            for value in ("value", "values", "text")
            if entry.get(name) is not None and entry.get(value) is not None
        ]
    return tuple(f"{name}={one}" for name, value in pairs if text(name) for one in _plain_values(value))


def _plain_values(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Mapping):
        return [found for name in ("value", "name", "displayName", "display_value") if (found := text(value.get(name)))]
    if isinstance(value, list):
        return [found for one in value[:20] if not isinstance(one, list) for found in _plain_values(one)]
    found = text(value)
    return [found] if found is not None and len(found) <= 200 else []


def moment(value: object, zone: str | None = None) -> datetime | None:
    """A moment in UTC from ISO 8601, or from seconds or milliseconds since 1970; None for anything else.

    `zone` is what a time without an offset means; without it such a time is UTC.
    """
    try:
        if not isinstance(value, str):
            if not isinstance(value, int | float) or isinstance(value, bool):
                return None
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        found = datetime.fromisoformat(value.strip().removesuffix(" UTC"))
        if found.tzinfo is UTC:
            return found
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone or "UTC"))).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
