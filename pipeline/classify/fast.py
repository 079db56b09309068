"""The fast mode: what a word adds to a verdict is worked out once a process, and looked up wherever it stands again.

The model is that of the full mode, and so are its weights. For side and kind it reads the first 400 letters. What
decides who may read a text, whether it may be quoted and whether somebody is called (`signals.GUARDING`, severity 8) is
looked for as far as there. What is not looked for: all other signals, and what only they tell of severity and side. A
word is what stands between two blanks, with its punctuation, and each counts by itself: pieces that two words share
count for both, and pairs as often as they stand there.
"""

import re
from collections import Counter
from collections.abc import Sequence
from threading import Lock
from typing import Final, TypeVar

import numpy as np

from pipeline.classify import features, language, rules, shapes, signals
from pipeline.classify.artefact import KINDS, Model, Table
from pipeline.classify.classifier import AGAINST, LEAST, LONGEST, LOOKED_AT, SHOWN, Classifier, Looked, by_word
from pipeline.classify.features import Block, Codes, Floats, Ints
from pipeline.classify.stakes import lower
from pipeline.classify.tokens import Tokens
from pipeline.issue import SIDES, Side, Text
from pipeline.screen import Screen

Rows = TypeVar("Rows", Floats, Codes)

SUFFIX: Final = "/fast"
"""Stands behind the model's name in verdicts of this mode."""
_KEPT: Final = 200_000
"""Words that are remembered, with 220 bytes each; then all are forgotten."""
_READ: Final = 8_000
"""Characters of a text in which signals and severity are looked for."""
_LETTERS: Final = 400
"""Characters of a text of which every word counts."""
_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
_DAMPED: Final = (1 + np.log(np.arange(1, _LETTERS + 1))).astype(np.float32)
"""What a word counts that occurs once, twice, ..."""
_HEAD: Final = len(SIDES) + len(KINDS) + 1
"""Columns of a head: what a word adds to the sides, to the kinds, and to the square of the head's length."""
_WORDS, _PIECES, _MEANING = slice(0, _HEAD), slice(_HEAD, 2 * _HEAD), slice(2 * _HEAD, 2 * _HEAD + len(SIDES) + 1)
_COUNTS: Final = 3
_MARKS: Final = ".,;:!?()[]{}\"'“”‘’*…"
_PLAINLY: Final = 0.2
"""Small English words among all that settle that a text is English."""
_MAY: Final = Screen(
    [*((one, one.pattern) for one in signals.GUARDS), *((one, one) for one in rules.SOUGHT), *shapes.PATTERNS.items()],
    edges=True,
)


class Fast(Classifier):
    """A classifier that looks words up. Same schema, same model; its name says that it is the fast mode.

    What it remembers of words never changes a verdict: it is the same for all texts, in whatever order they come.
    """

    batch = 250

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._glossary = Glossary(model, self.tokens)
        self._lock = Lock()  # words are numbered and learned in two steps

    @property
    def name(self) -> str:
        return f"{self.model.name}{SUFFIX}"

    def _look(self, texts: Sequence[Text]) -> Looked:
        with self._lock:
            if len(self._glossary) > _KEPT:
                self._glossary = Glossary(self.model, self.tokens)
            return Lookups(texts, self.model, self._glossary)


class Glossary(dict[str, int]):
    """The number of each word that was met, and by it what the word adds; `learn` before the tables are read.

    For each head: what it adds to the three sides and kinds, and to the square of the head's length.
    """

    def __init__(self, model: Model, tokens: Tokens) -> None:
        super().__init__()
        self._model = model
        self._tokens = tokens
        self._new: list[str] = []
        self.names: list[str] = []
        """What a reader is told of a word, "" where it tells nothing."""
        self.bodies: Floats = np.zeros((0, _MEANING.stop + _COUNTS), dtype=np.float32)
        """Columns: words, pieces, meaning of the whole text, then `_counted`."""
        table = model.tables[0]
        rarity = table.rarity[:, None]
        self.pairs: Floats = np.hstack([table.sides, table.kinds, rarity]) * rarity
        """What a pair of words adds, by its column in the words of the whole text."""
        self.ends: Codes = np.zeros((0, 2), dtype=np.uint64)
        """The hashes of the first and the last word in it, of which pairs are made; 0 where there is none."""
        self.titles: Floats = np.zeros((0, 3 * _HEAD), dtype=np.float32)
        """Columns: what a word of the title adds to the words of the whole text; words, pieces of the title alone."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        self._new.append(word)
        return number

    def learn(self) -> None:
        """Work out what the new words add."""
        if not self._new:
            return
        first, count, new = len(self) - len(self._new), len(self._new), self._new
        read = features.read([("", word) for word in new])
        words, pieces, marks = features.words(read), features.pieces(read), features.marks(read)
        whole, whole_pieces, title, title_pieces = self._model.tables
        cut = [self._tokens.of(word) for word in new]
        self.bodies, self.titles = _roomy(self.bodies, len(self)), _roomy(self.titles, len(self))
        self.ends = _roomy(self.ends, len(self))
        self.ends[first : first + count] = np.stack(features.ends(read), axis=1)
        self.bodies[first : first + count] = np.hstack(
            [
                _added(words, whole, count),
                _added(pieces, whole_pieces, count),
                self._meant(cut),
                np.array([_counted(word, parts) for word, parts in zip(new, cut, strict=True)]),
            ]
        )
        self.titles[first : first + count] = np.hstack(
            [_added(marks, whole, count), _added(words, title, count), _added(pieces, title_pieces, count)]
        )
        self.names += map(_name, new)
        self._new = []

    def _meant(self, cut: Sequence[Sequence[tuple[str, tuple[int, ...]]]]) -> Floats:
        """What each word adds to the sides by its meaning, and the weight of that."""
        ids = [[number for _, numbers in parts for number in numbers] for parts in cut]
        flat = np.array([number for some in ids for number in some], dtype=np.int64)
        weights = self._model.token_weights[flat][:, None]
        row = np.repeat(np.arange(len(cut)), [len(some) for some in ids])
        return _sums(np.hstack([self._model.token_scores[flat] * weights, weights]), row, len(cut))


def _roomy(table: Rows, size: int) -> Rows:
    """The table with room for so many rows, and then some."""
    if len(table) >= size:
        return table
    return np.vstack([table, np.zeros((2 * size - len(table), table.shape[1]), dtype=table.dtype)])


def _added(block: Block, table: Table, count: int) -> Floats:
    """What the features of a block add to sides and kinds before their length is 1, and its square, one row a word."""
    raw = (1 + np.log(block.times)).astype(np.float32) * table.rarity[block.column]
    columns = [*(table.sides[block.column] * raw[:, None]).T, *(table.kinds[block.column] * raw[:, None]).T, raw * raw]
    sums = [np.bincount(block.row, weights=column, minlength=count) for column in columns]
    return np.stack(sums, axis=1).astype(np.float32)


def _counted(word: str, parts: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[float, float, float]:
    """Words that the model has a meaning of as a whole, all words, and whether it is a small English one."""
    pieces = [len(numbers) for part, numbers in parts if part[0].isalpha()]
    return float(pieces.count(1)), float(len(pieces)), float(language.english(word))


def _name(word: str) -> str:
    """A word as people write words, without the marks at its ends."""
    bare = word.strip(_MARKS)
    plain = 3 <= len(bare) <= LONGEST and bare.replace("'", "").isalpha()
    return bare if plain and not language.small(bare) else ""


class Lookups:
    """A batch as the fast mode sees it."""

    def __init__(self, texts: Sequence[Text], model: Model, glossary: Glossary) -> None:
        self.model = model
        self.texts = texts
        self._names = glossary.names
        self._count(glossary)
        glossary.learn()
        self._weigh(glossary)
        self._wholes = [f"{text.title[:_READ]}\n{text.body[:_READ]}" for text in texts]
        self._lows = [lower(whole) for whole in self._wholes]
        may = [_MAY(low) for low in self._lows]
        self._may = [[one for one in some if type(one) is re.Pattern] for some in may]
        self._cues = [self._shapes(at, [n for n in some if type(n) is int]) for at, some in enumerate(may)]
        self.found = [
            signals.guarding(text.title, text.body, low, [one for one in some if type(one) is signals.Wording])
            for text, low, some in zip(texts, self._lows, may, strict=True)
        ]
        for names, found in zip(self._cues, self.found, strict=True):
            names.extend(signal.name for signal in found)
        self.foreign = [
            None if plainly else language.recognised(text.title, text.body)
            for text, plainly in zip(texts, self._english, strict=True)
        ]

    def _count(self, glossary: Glossary) -> None:
        """The distinct words of all texts, and those of their titles, which come first in their text."""
        numbers: list[int] = []
        times: list[int] = []
        title_times: list[int] = []
        every: list[int] = []
        sizes: list[int] = []
        title_sizes: list[int] = []
        lengths: list[int] = []
        for text in self.texts:
            head = text.title[:_LETTERS]
            words = list(map(glossary.__getitem__, _plain(f"{head}\n{text.body[:_LETTERS]}").split()))
            counts, titles = Counter(words), Counter(words[: len(head.split())])
            numbers.extend(counts)
            times.extend(counts.values())
            title_times.extend(titles.values())
            every += words
            sizes.append(len(counts))
            title_sizes.append(len(titles))
            lengths.append(len(words))
        self.every = np.array(every, dtype=np.int64)
        self.every_row = np.repeat(np.arange(len(lengths)), lengths)
        self._numbers = numbers
        self.numbers = np.array(numbers, dtype=np.int64)
        self.times = np.array(times, dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        self._starts = starts.tolist()
        self.row = np.repeat(np.arange(len(sizes)), sizes)
        self.title_row = np.repeat(np.arange(len(sizes)), title_sizes)
        title_starts = np.concatenate([[0], np.cumsum(title_sizes, dtype=np.int64)])
        self.in_title = np.arange(title_starts[-1]) - title_starts[self.title_row] + starts[self.title_row]
        self.title_times = np.array(title_times, dtype=np.int64)

    def _weigh(self, glossary: Glossary) -> None:
        """What each word adds to sides and kinds, by itself: the sums are the log-odds."""
        count, row, title = len(self.texts), self.row, self.title_row
        damped, title_damped = _DAMPED[self.times - 1], _DAMPED[self.title_times - 1]
        body, head = glossary.bodies[self.numbers], glossary.titles[self.numbers[self.in_title]]
        words, pieces = body[:, _WORDS] * damped[:, None], body[:, _PIECES] * damped[:, None]
        marks, heads, head_pieces = (head[:, n * _HEAD : (n + 1) * _HEAD] * title_damped[:, None] for n in range(3))
        square = _square(words, damped, row, count) + _square(marks, title_damped, title, count)
        paired, pairs = self._pairs(glossary)
        square += np.bincount(paired, pairs[:, -1], count).astype(np.float32)
        self.adds = _parts(words, square, row) + _parts(pieces, _square(pieces, damped, row, count), row)
        self.adds[self.in_title] += (
            _parts(marks, square, title)
            + _parts(heads, _square(heads, title_damped, title, count), title)
            + _parts(head_pieces, _square(head_pieces, title_damped, title, count), title)
        )
        meant = body[:, _MEANING] * self.times[:, None]
        self.adds[:, : len(SIDES)] += _parts(meant, _sums(meant[:, -1:], row, count)[:, 0], row)
        self._odds = _sums(self.adds, row, count) + _sums(_parts(pairs, square, paired), paired, count)
        known, counted, english = _sums(body[:, _MEANING.stop :] * self.times[:, None], row, count).T
        self._known: list[float] = np.where(counted > 0, known / np.maximum(counted, 1), 1).tolist()
        self._english = (english >= np.maximum(_PLAINLY * np.bincount(row, self.times, count), 1)).tolist()

    def _pairs(self, glossary: Glossary) -> tuple[Ints, Floats]:
        """The text of each pair of neighbouring words that two blanks part, and what it adds."""
        ends = glossary.ends[self.every]
        there = np.flatnonzero(ends[:, 0])
        row = self.every_row[there]
        same = np.flatnonzero(row[:-1] == row[1:])
        column = features.pair_columns(ends[there[same], 1], ends[there[same + 1], 0])
        return row[same], glossary.pairs[column]

    def odds(self) -> Floats:
        total: Floats = self._odds[:, : len(SIDES)] + self.model.bias
        numbers = {cue: n for n, cue in enumerate(self.model.cues)}
        there = np.zeros((len(self.texts), len(numbers)), dtype=np.float32)
        for at, names in enumerate(self._cues):
            there[at, [numbers[name] for name in names if name in numbers]] = 1
        total += there @ self.model.cue_scores
        return total

    def _shapes(self, at: int, may: Sequence[int]) -> list[str]:
        low, title = self._lows[at], len(self.texts[at].title[:_READ])
        found = shapes.there(low, may)
        return [shapes.SHAPES[n] for n in shapes.known(low[:title], low[title + 1 :][: shapes.READ], found)]

    def kinds(self) -> Floats:
        total: Floats = self._odds[:, len(SIDES) :] + self.model.kind_bias
        return total

    def severity(self, at: int, side: Side) -> tuple[int, str]:
        labels = self.texts[at].labels
        return rules.plain_severity(self._wholes[at], self._lows[at], side, self.found[at], labels, self._may[at])

    def known(self, at: int) -> float:
        return round(self._known[at], 4)

    def words(self) -> tuple[Block, Floats]:
        block = features.words(features.read([(text.title, text.body) for text in self.texts]))
        return block, features.values(block, self.model.word_rarity, len(self.texts))

    def reasons(self, at: int, first: int, second: int, scale: float) -> list[str]:
        """The words that add most to the lead of one side over the other, and the one that adds most against it."""
        low, high = self._starts[at : at + 2]
        lead = (self.adds[low:high, first] - self.adds[low:high, second]) * np.float32(scale)
        order, weights = lead.argsort(kind="stable").tolist(), lead.tolist()
        first_ones, last_ones = ([(self._name(low + n), weights[n]) for n in some] for some in _ends(order))
        strongest = [one for one in first_ones if one[0] and one[1] >= LEAST][:SHOWN]
        against = [one for one in last_ones if one[0] and one[1] <= -AGAINST][:1]
        return [by_word(name, weight, SIDES[first], SIDES[second]) for name, weight in strongest + against]

    def _name(self, at: int) -> str:
        return self._names[self._numbers[at]]


def _ends(order: list[int]) -> tuple[list[int], list[int]]:
    """The last of an order, backwards, and the first: only these can be named."""
    return order[: -LOOKED_AT - 1 : -1], order[:LOOKED_AT]


def _plain(text: str) -> str:
    """The part that is read, in lower case with every digit as 0."""
    low = text[:_LETTERS].lower()
    return low.encode(errors="surrogatepass").translate(_DIGITS).decode(errors="surrogatepass")


def _parts(rows: Floats, square: Floats, row: Ints) -> Floats:
    """What each word adds once the head's values have length 1 in its text; without the last column."""
    lengths = np.sqrt(np.maximum(square, 1e-9)).astype(np.float32)
    parts: Floats = rows[:, :-1] / lengths[row][:, None]
    return parts


def _square(rows: Floats, damped: Floats, row: Ints, count: int) -> Floats:
    square: Floats = np.bincount(row, rows[:, -1] * damped, count).astype(np.float32)
    return square


def _sums(rows: Floats, row: Ints, count: int) -> Floats:
    return np.stack([np.bincount(row, column, count) for column in rows.T], axis=1).astype(np.float32)
