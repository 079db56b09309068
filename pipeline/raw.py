"""Raw items as bytes: what is archived of them, and what tells one that was read already.

pydantic's writer of JSON costs a fifth of the standard library's; where it refuses a value (half a surrogate pair, a
type that is none of JSON's) the standard one writes it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_json

Raw = Mapping[str, Any]

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def written(value: Any) -> bytes:
    """A value as JSON without spaces, in UTF-8."""
    try:
        return to_json(value)
    except ValueError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        return text.encode("utf-8", "surrogatepass")


def fingerprint(source: str, reader: str, item: bytes) -> str:
    """32 letters that are the same as long as an item of a source, and what reads it, are."""
    return hashlib.sha256(f"{source}\n{reader}\n".encode() + item).hexdigest()[:32]


def page(items: Sequence[Raw], parts: Sequence[bytes], redact: Collection[str]) -> bytes:
    """A list of items without the keys in `redact`, at any depth; `parts` are the items as they are written."""
    body = b"[%b]" % b",".join(parts)
    for key in redact:
        found = _without_null(body, written(key) + b":")
        if found is None:
            return written(_without(list(items), frozenset(redact)))
        body = found
    return body


def _without_null(body: bytes, name: bytes) -> bytes | None:
    """A text of JSON without a key that has no value; None where it may have one."""
    first, *others = body.split(name)
    kept = [first]
    for part in others:
        if kept[-1].endswith(b"\\"):  # within a text a quotation mark has one before it
            return None
        if part.startswith(b"null,"):
            kept.append(part[len(b"null,") :])
        elif part.startswith(b"null}") and kept[-1].endswith(b","):
            kept[-1:] = [kept[-1][:-1], part[len(b"null") :]]
        else:
            return None
    return b"".join(kept)


def _without(value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: inner if type(inner) in _SCALARS else _without(inner, keys)
            for name, inner in value.items()
            if name not in keys
        }
    if isinstance(value, list | tuple):
        return [inner if type(inner) in _SCALARS else _without(inner, keys) for inner in value]
    return value
