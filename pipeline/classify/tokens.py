"""Words cut into the pieces that the model has a score for: the longest known piece first, as WordPiece does."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

_WORDS: Final = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_LONGEST: Final = 40


class Tokens:
    """The known pieces; one that starts inside a word is written with ## in front."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids: Mapping[str, int] = {piece: i for i, piece in enumerate(pieces)}
        self._cut: dict[str, tuple[int, ...]] = {}

    def of(self, text: str) -> list[tuple[str, tuple[int, ...]]]:
        """Each word of a lower-case text with the numbers of its pieces, none where it cannot be cut."""
        return [(word, self._pieces(word)) for word in _WORDS.findall(text)]

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._cut.get(word)
        if known is None:
            if len(self._cut) > 100_000:
                self._cut.clear()
            known = self._cut[word] = self._split(word[:_LONGEST])
        return known

    def _split(self, word: str) -> tuple[int, ...]:
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
