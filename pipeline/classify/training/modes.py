"""How good the modes are on texts that nothing was learned from: the same heads, asked as a deployment asks them."""

from pathlib import Path

import numpy as np

from pipeline.classify.classifier import Classifier
from pipeline.classify.fast import Fast
from pipeline.classify.training import data, heads, report, seen
from pipeline.classify.training.data import Sample
from pipeline.classify.training.report import Ints, Trial
from pipeline.issue import Text


def evaluated(folder: Path) -> dict[str, float]:
    """Macro-F1 of each mode on the evaluation part, by a model of the learning part. Raises `DataError`."""
    samples = data.everything(folder)
    found = seen.look([(one.title, one.body) for one in samples])
    held = [n for n in heads.evaluated(samples) if samples[int(n)].part == "evaluation"]
    return scores(samples, found, heads.learned_from(samples), np.array(held))


def scores(samples: list[Sample], found: seen.Seen, learn: Ints, judged: Ints) -> dict[str, float]:
    """Macro-F1 of each mode on the rows judged, by a model of the rows to learn from."""
    fitted = heads.fit(found.sparse[learn], found.dense[learn], [samples[int(n)] for n in learn])
    model = heads.model(fitted, found)
    held = [samples[int(n)] for n in judged]
    texts = [Text(title=one.title, body=one.body) for one in held]
    ways = {"full": Classifier(model), "fast": Fast(model)}
    odds = {name: way.odds(texts).astype(np.float64) for name, way in ways.items()}
    return {name: report.macro_f1(Trial(odds=some, samples=held)) for name, some in odds.items()}
