"""Developer pain, customer pain or none; kind, severity, signals, and the words that decided.

What calculates is imported when it is first asked for: numpy is 16 MB, and most processes classify nothing.
"""

from typing import TYPE_CHECKING

from pipeline.later import later

if TYPE_CHECKING:
    from pipeline.classify.artefact import ModelError
    from pipeline.classify.classifier import Classifier
    from pipeline.classify.lessons import choose, lesson
    from pipeline.classify.modes import load_classifier

__all__ = ["Classifier", "ModelError", "choose", "lesson", "load_classifier"]
__getattr__ = later(
    __name__,
    {
        "Classifier": "classifier",
        "ModelError": "artefact",
        "choose": "lessons",
        "lesson": "lessons",
        "load_classifier": "modes",
    },
)
