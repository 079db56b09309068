"""What anybody could take instead, each as a way to judge sides: the baselines to beat in the same run."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.classify import distil
from pipeline.classify.classifier import softmax
from pipeline.classify.tokens import Tokens
from pipeline.classify.training import seen
from pipeline.classify.training.data import CAREFUL, Sample
from pipeline.classify.training.heads import Odds, logistic, sides_of
from pipeline.classify.training.report import Doubles, Ints
from pipeline.issue import SIDES

SENTENCE: Final = seen.CACHE.with_name("minilm-sentences.npz")
WIDTH: Final = 384
PIECES: Final = 128
"""Word pieces of a text that MiniLM reads, as it was trained."""

_NONE: Final = re.compile(
    r"\b(?:release|checklist|announc\w+|thanks|thank you|great|awesome|love|bump|license|agenda)\b"
)
_DEVELOPER: Final = re.compile(
    r"\b(?:ci|tests?|build|refactor\w*|clean ?up|flaky|coverage|travis|jenkins|lint\w*|contribut\w+|code|unused"
    r"|deprecat\w+|duplicat\w+|dependenc\w+|upgrade|javadoc|pull requests?)\b"
)


def all_of_them(samples: Sequence[Sample]) -> Mapping[str, Odds]:
    """Name -> way to judge. Models learn from careful labels, or from weak ones too where the name says so."""
    texts = [f"{one.title}\n{one.body}" for one in samples]
    careful = np.array([one.origin in CAREFUL for one in samples])
    sides = sides_of(samples)
    words_and_letters = counted(texts)
    vectors = _static([(one.title, one.body) for one in samples])
    sentences = _sentences(samples)

    def learned(values: object, c: float, *, weak: bool = False) -> Odds:
        def odds(learn: Ints, judged: Ints) -> Doubles:
            rows = learn if weak else learn[careful[learn]]
            weights = np.where(careful[rows], 4.0, 1.0)
            found = logistic(c).fit(values[rows], sides[rows], sample_weight=weights)  # type: ignore[index]
            scores: Doubles = found.decision_function(values[judged])  # type: ignore[index]
            return scores

        return odds

    words = learned(words_and_letters, 10.0)
    both = learned(words_and_letters, 10.0, weak=True)
    static, minilm = learned(vectors, 1.0), learned(sentences, 10.0)
    return {
        "majority": lambda learn, judged: np.tile(_majority(sides[learn]), (len(judged), 1)),
        "three keyword rules": lambda learn, judged: np.array([_by_rules(texts[int(n)]) for n in judged]),
        "TF-IDF + LR": words,
        "TF-IDF + LR, weak labels too": both,
        "static vectors + LR": static,
        "MiniLM + LR": minilm,
        "mean of TF-IDF (weak too) and static": mean(both, static),
        "mean of TF-IDF (weak too) and MiniLM": mean(both, minilm),
    }


def mean(*ways: Odds) -> Odds:
    """The mean of what several say, as chances."""

    def odds(learn: Ints, judged: Ints) -> Doubles:
        chances = [softmax(way(learn, judged)) for way in ways]
        total: Doubles = np.log(np.maximum(np.mean(chances, axis=0), 1e-12))
        return total

    return odds


def _majority(sides: Ints) -> Doubles:
    odds: Doubles = np.log(np.bincount(sides, minlength=len(SIDES)) + 1.0)
    return odds


def _by_rules(text: str) -> tuple[float, float, float]:
    low = text.lower()[:2000]
    if _DEVELOPER.search(low.partition("\n")[0]):
        return (1.0, 0.0, 0.0)
    return (0.0, 0.0, 1.0) if _NONE.search(low) else (0.0, 1.0, 0.0)


def counted(texts: Sequence[str]) -> Any:
    """Word 1-2-grams and character 2-5-grams within words, as scikit-learn's users take them."""
    short = [text[:4000] for text in texts]
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(short)
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, max_features=200_000
    ).fit_transform(short)
    return sp.hstack([words, letters]).tocsr()


def _static(texts: Sequence[tuple[str, str]]) -> Doubles:
    """The mean of the static vectors of a text's pieces."""
    found = seen.look(texts)
    vectors: Doubles = found.dense[:, : found.meaning.vectors.shape[1]]
    return vectors


def _sentences(samples: Sequence[Sample]) -> Doubles:
    """MiniLM's vectors of the carefully labelled texts (weak ones stay zero: no rival learns meaning from them)."""
    keys = [one.key for one in samples]
    kept: dict[str, Doubles] = {}
    if SENTENCE.exists():
        with np.load(SENTENCE) as stored:
            kept = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    wanted = [n for n, one in enumerate(samples) if one.origin in CAREFUL and one.key not in kept]
    if wanted:
        model = distil.folder()
        tokens = Tokens(distil.vocabulary(model))
        ids = [
            [n for _, ns in tokens.of(f"{samples[i].title}. {samples[i].body}"[:1500].lower()) for n in ns][
                : PIECES - 2
            ]
            for i in wanted
        ]
        for i, vector in zip(wanted, distil.sentences(model, ids), strict=True):
            kept[keys[i]] = vector
        SENTENCE.parent.mkdir(exist_ok=True)
        names = sorted(kept)
        np.savez(SENTENCE, keys=np.array(names), vectors=np.array([kept[name] for name in names], dtype=np.float32))
    return np.array([kept.get(key, np.zeros(WIDTH)) for key in keys], dtype=np.float64)
