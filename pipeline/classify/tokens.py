"""Words cut into the pieces that the model has a score for: the longest known piece first, as WordPiece does."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

_WORDS: Final = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_LONGEST: Final = 40
_KEPT: Final = 100_000


class Tokens:
    """The known pieces; one that starts inside a word is written with ## in front."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids: Mapping[str, int] = {piece: i for i, piece in enumerate(pieces)}
        self._cut = _Cut(self._split)

    def of(self, text: str) -> list[tuple[str, tuple[int, ...]]]:
        """Each word of a lower-case text with the numbers of its pieces, none where it cannot be cut."""
        words = _WORDS.findall(text)
        return list(zip(words, map(self._cut.__getitem__, words), strict=True))

    def _split(self, word: str) -> tuple[int, ...]:
        word = word[:_LONGEST]
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._ids.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return ()
            found.append(number)
            start = end
        return tuple(found)


class _Cut(dict[str, tuple[int, ...]]):
    """The words that were cut already; most are asked for again and again."""

    def __init__(self, split: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._split = split

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > _KEPT:
            self.clear()
        found = self[word] = self._split(word)
        return found
