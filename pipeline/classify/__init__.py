"""Developer pain, customer pain or none; kind, severity, signals, and the words that decided.

What calculates is imported when it is first asked for: numpy is 16 MB, and most processes classify nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.classify.artefact import ModelError
    from pipeline.classify.classifier import Classifier
    from pipeline.classify.lessons import choose, lesson
    from pipeline.classify.modes import load_classifier

__all__ = ["Classifier", "ModelError", "choose", "lesson", "load_classifier"]
_FROM = {
    "Classifier": "classifier",
    "ModelError": "artefact",
    "choose": "lessons",
    "lesson": "lessons",
    "load_classifier": "modes",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
