"""Answers that need not be sent again: a service that gave an ETag is asked whether its answer is still the same.

Kept in this process only, small answers only, and apart for each credential: what one may see another may not.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST: Final = 256
LARGEST: Final = 64 * 1024
"""Bytes of an answer that is worth keeping: the poll of a quiet source is small."""


@dataclass(frozen=True, slots=True)
class Kept:
    etag: str
    headers: Mapping[str, str]
    content: bytes


_kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
_lock = threading.Lock()


def known(credential: str, url: str) -> Kept | None:
    with _lock:
        found = _kept.get((credential, url))
        if found is not None:
            _kept.move_to_end((credential, url))
        return found


def keep(credential: str, url: str, headers: Mapping[str, str], content: bytes) -> None:
    """Remember an answer that has an ETag; the one that was not asked for longest makes room."""
    etag = headers.get("etag", "")
    if not etag or len(content) > LARGEST:
        return
    with _lock:
        _kept[credential, url] = Kept(etag, dict(headers), content)
        _kept.move_to_end((credential, url))
        while len(_kept) > MOST:
            _kept.popitem(last=False)
