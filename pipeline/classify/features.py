"""What the linear models see of a text: hashed words, word pairs and pieces of words, for many texts at once.

Each feature remembers the word that it came from, so a verdict can be explained by words: for a linear model
the sum of a word's contributions is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint64]
Floats = NDArray[np.float32]

BITS: Final = 17
WIDTH: Final = 1 << BITS
"""Columns of each of the blocks."""
BLOCKS: Final = ("words", "pieces", "title_words", "title_pieces")
READ: Final = 1_500
"""Characters of a text that are looked at."""

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_PAIR: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_TITLE: Final = np.uint64(0x165667B19E3779F9)
_SPACE: Final = 32

_WORD: Final = np.array([chr(c).isalnum() or chr(c) in "_'" for c in range(128)])


@dataclass(frozen=True, slots=True)
class Read:
    """A batch of texts as one string and one array of characters; words are [start, end) in it, `home` their text."""

    flat: str
    codes: Codes
    text_of: Ints
    starts: Ints
    ends: Ints
    home: Ints
    titled: NDArray[np.bool_]
    offsets: Ints
    """Where each text begins in `codes`."""
    count: int


@dataclass(frozen=True, slots=True)
class Block:
    """Features of a batch: the distinct (row, column) pairs and how many `times` each occurs.

    `of` maps every occurrence to its pair, `word` to the word that it belongs to (one past the last where to none);
    the occurrences from one of `doubles` to the other belong to the word after that, too.
    """

    row: Ints
    column: Ints
    times: Ints
    of: Ints
    word: Ints
    doubles: tuple[int, int] = (0, 0)


def read(texts: Sequence[tuple[str, str]]) -> Read:
    """(title, body) pairs in lower case with every digit as 0 and every white space as a blank."""
    joined, titles, offsets, at = [], [], [], 1
    for title, body in texts:
        head = title.lower()[:READ]
        whole = f"{head}\n{body[:READ].lower()}"[:READ]
        joined.append(whole)
        titles.append(len(head))
        offsets.append(at)
        at += len(whole) + 1
    flat = " " + " ".join(joined) + " "
    codes = np.frombuffer(flat.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    codes[(codes >= 48) & (codes <= 57)] = 48
    codes[(codes <= 32) | (codes == 160)] = _SPACE
    starts_of = np.array(offsets, dtype=np.int64)
    text_of = np.repeat(np.arange(-1, len(texts)), np.diff(starts_of, prepend=0, append=len(codes)))
    inside = np.where(codes < 128, _WORD[np.minimum(codes, 127).astype(np.int64)], codes != 8217)
    edges = np.diff(inside.astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1
    home = text_of[starts] if len(starts) else np.zeros(0, dtype=np.int64)
    titled = (
        ends - starts_of[home] <= np.array(titles, dtype=np.int64)[home] if len(starts) else np.zeros(0, dtype=bool)
    )
    return Read(flat, codes, text_of, starts, ends, home, titled, starts_of, len(texts))


def blocks(texts: Sequence[tuple[str, str]], batch: Read) -> tuple[Block, ...]:
    """The `BLOCKS` of a batch. Of its title alone a text says what it is about; words of a long body drown it."""
    titles = read([(title, "") for title, _ in texts])
    places = np.append(np.flatnonzero(batch.titled), len(batch.starts))
    alone = (_words(titles), pieces(titles))
    return words(batch), pieces(batch), *(replace(block, word=places[block.word]) for block in alone)


def words(batch: Read) -> Block:
    """Words, pairs of neighbouring words, and the title's words once more."""
    return _words(batch, np.flatnonzero(batch.titled))


def marks(batch: Read) -> Block:
    """What words add once more where they stand in a title."""
    every = np.arange(len(batch.starts))
    return _block(_word_hashes(batch) ^ _TITLE, batch.home, every)


def ends(batch: Read) -> tuple[Codes, Codes]:
    """The hash of the first word of each text of a batch, and of the last; 0 where a text has no word."""
    hashes, found = (
        _word_hashes(batch),
        (np.zeros(batch.count, dtype=np.uint64), np.zeros(batch.count, dtype=np.uint64)),
    )
    found[0][batch.home[::-1]] = hashes[::-1]
    found[1][batch.home] = hashes
    return found


def pair_columns(before: Codes, after: Codes) -> Ints:
    """The column of the pair that each word makes with the one after it, both by their hashes."""
    return _columns(before * _PAIR + after)


def _words(batch: Read, again: Ints | None = None) -> Block:
    hashes = _word_hashes(batch)
    every = np.arange(len(hashes))
    follows = np.flatnonzero(batch.home[1:] == batch.home[:-1])
    marked = every[:0] if again is None else again
    keys = np.concatenate([hashes, hashes[follows] * _PAIR + hashes[follows + 1], hashes[marked] ^ _TITLE])
    word = np.concatenate([every, follows, marked])
    block = _block(keys, batch.home[word] if len(word) else word, word)
    return replace(block, doubles=(len(every), len(every) + len(follows)))


def pieces(batch: Read) -> Block:
    """Runs of 3 to 5 characters that do not cross a blank; the blank before and after a word counts as a character."""
    codes = batch.codes
    blanks = np.concatenate([[0], np.cumsum(codes == _SPACE)])
    keys, places = [], []
    key, have = np.zeros(len(codes), dtype=np.uint64), 0
    for n in (3, 4, 5):
        if len(codes) < n:
            continue
        last = len(codes) - n + 1
        for k in range(have, n):
            key = key[:last] * np.uint64(_BASE) + codes[k : k + last]
        have = n
        whole = np.flatnonzero(blanks[n - 1 : n - 1 + last] == blanks[1 : 1 + last])
        keys.append(key[whole])
        places.append(whole)
    if not keys:
        empty = np.zeros(0, dtype=np.int64)
        return _block(np.zeros(0, dtype=np.uint64), empty, empty)
    place = np.concatenate(places)
    row = batch.text_of[np.minimum(place + 1, len(codes) - 1)]
    return _block(np.concatenate(keys), row, _word_at(batch, place, row))


def _word_at(batch: Read, place: Ints, row: Ints) -> Ints:
    """The word that a run beginning at `place` touches: the last one begun in the same text, else none."""
    none = len(batch.starts)
    begins = np.zeros(len(batch.codes), dtype=np.int64)
    begins[batch.starts] = 1
    word = np.cumsum(begins)[place + 2] - 1
    homes = np.append(batch.home, -1)
    touches = place < np.append(batch.ends, 0)[word]
    return np.where((word >= 0) & (homes[word] == row) & touches, word, none)


def _word_hashes(batch: Read) -> Codes:
    """One hash a word by differences of a running sum, the same wherever the word stands."""
    size = len(batch.codes)
    powers = np.cumprod(np.full(size, _BASE, dtype=np.uint64))
    inverses = np.cumprod(np.full(size, _INVERSE, dtype=np.uint64))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(batch.codes * powers, dtype=np.uint64)])
    hashes: Codes = (sums[batch.ends] - sums[batch.starts]) * inverses[batch.starts]
    return hashes


def _block(keys: Codes, row: Ints, word: Ints) -> Block:
    column = _columns(keys)
    pairs, of, times = np.unique((row << BITS) | column, return_inverse=True, return_counts=True)
    return Block(pairs >> BITS, pairs & (WIDTH - 1), times, of, word)


def _columns(keys: Codes) -> Ints:
    mixed = (keys ^ (keys >> np.uint64(31))) * _MIX
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def values(block: Block, rarity: Floats, count: int) -> Floats:
    """Damped frequency times rarity for each distinct pair; the values of one text have length 1."""
    raw = (1 + np.log(block.times)).astype(np.float32) * rarity[block.column]
    norms = np.sqrt(np.bincount(block.row, weights=raw * raw, minlength=count))
    return (raw / np.maximum(norms, 1e-9)[block.row]).astype(np.float32)
