"""The modes in which the packaged model can be asked."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from pipeline.classify.classifier import Classifier
from pipeline.classify.fast import Fast

Mode = Literal["full", "fast"]
MODES: Final[Mapping[Mode, Callable[[], Classifier]]] = MappingProxyType({"full": Classifier.load, "fast": Fast.load})


def load_classifier(mode: Mode = "full") -> Classifier:
    """The packaged model, read once a process for each mode. Raises `ModelError` where it cannot be read."""
    return _loaded(mode)


@cache
def _loaded(mode: Mode) -> Classifier:
    return MODES[mode]()
