"""What the heads learn from, for many texts at once: damped counts of words and pieces, meaning, shapes and signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify import distil, features, phrases, shapes, signals
from pipeline.classify.tokens import Tokens

Doubles = NDArray[np.float64]
Texts = Sequence[tuple[str, str]]

CACHE: Final = Path(__file__).parents[3] / "build" / "minilm-pieces.npy"
DAMPING: Final = 20.0
"""How much word pieces that are in every text count less than rare ones."""
MARK: Final = 0.5
"""The value of a signal or a shape that a text has."""
KNOWN: Final = 24_000
"""Word pieces that are kept: those seen in training, then the first of the vocabulary."""
CUES: Final = (*sorted(phrases.PHRASES), *shapes.SHAPES)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The word pieces, the vector of each (mean length of a text: about 1) and its weight."""

    pieces: tuple[str, ...]
    vectors: Doubles
    weights: Doubles


@dataclass(frozen=True, slots=True)
class Seen:
    """`sparse` (n, 4 * WIDTH): the blocks of features, each row of length 1 in each; `dense` (n, width + cues)."""

    sparse: Any
    dense: Doubles
    rarities: tuple[Doubles, ...]
    """How rare each column of each block is."""
    meaning: Meaning


def look(texts: Texts) -> Seen:
    """Everything about these texts. How rare a word is, is counted over all of them."""
    found = counts(texts)
    rarities = tuple(rarity(block) for block in found)
    meaning = _meaning(texts)
    return Seen(scaled(found, rarities), _dense(texts, meaning), rarities, meaning)


def counts(texts: Texts) -> tuple[Any, ...]:
    """1 + ln(times) of every hashed feature, block by block."""
    shape = (len(texts), features.WIDTH)
    return tuple(
        sp.csr_matrix((1 + np.log(block.times), (block.row, block.column)), shape=shape)
        for block in features.blocks(texts, features.read(texts))
    )


def rarity(found: Any) -> Doubles:
    frequency = np.asarray((found > 0).sum(axis=0)).ravel()
    rare: Doubles = np.log((1 + found.shape[0]) / (1 + frequency)) + 1
    return rare


def scaled(found: Sequence[Any], rarities: Sequence[Doubles]) -> Any:
    """The blocks side by side, weighted, each row of length 1 within its block."""
    blocks = []
    for block, rare in zip(found, rarities, strict=True):
        rows = block.multiply(rare).tocsr()
        norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        blocks.append(sp.diags(1 / np.maximum(norms, 1e-9)) @ rows)
    return sp.hstack(blocks).tocsr()


def piece_vectors() -> Doubles:
    """The vector of each piece of the vocabulary, computed once (minutes) and kept in build/."""
    if not CACHE.exists():
        CACHE.parent.mkdir(exist_ok=True)
        np.save(CACHE, distil.vectors(distil.folder()))
    full: Doubles = np.load(CACHE).astype(np.float64)
    return full


def _meaning(texts: Texts) -> Meaning:
    """Pieces that training texts use, with vectors centred and common pieces damped."""
    every = distil.vocabulary(distil.folder())
    full = piece_vectors()
    tokens = Tokens(every)
    used = np.zeros(len(every))
    for title, body in texts:
        used[list({n for _, ns in tokens.of(_low(title, body)) for n in ns})] += 1
    words = [i for i, word in enumerate(every) if not word.startswith("[") or len(word) == 1]
    kept = np.array(sorted(sorted(words, key=lambda i: (-used[i], i))[:KNOWN]))
    centred = full[kept] - full[kept].mean(axis=0)
    weights = 1 / (1 + DAMPING * (used[kept] + 1) / len(texts))
    return Meaning(tuple(every[i] for i in kept), centred / np.sqrt((centred**2).sum(axis=1).mean()), weights)


def _low(title: str, body: str) -> str:
    return f"{title}\n{body}"[: features.READ].lower()


def _dense(texts: Texts, meaning: Meaning) -> Doubles:
    tokens = Tokens(meaning.pieces)
    width = meaning.vectors.shape[1]
    rows = np.zeros((len(texts), width + len(CUES)))
    for i, (title, body) in enumerate(texts):
        ids = [n for _, ns in tokens.of(_low(title, body)) for n in ns]
        weights = meaning.weights[ids]
        if ids:
            rows[i, :width] = (meaning.vectors[ids] * weights[:, None]).sum(axis=0) / np.sqrt(weights.sum())
        for signal in signals.find(title, body):
            if signal.name in CUES:
                rows[i, width + CUES.index(signal.name)] = MARK
        rows[i, width + len(phrases.PHRASES) + np.array(shapes.of(title, body), dtype=np.int64)] = MARK
    return rows
