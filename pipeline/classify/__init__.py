"""Developer pain, customer pain or none; kind, severity, signals, and the words that decided."""

from pipeline.classify.artefact import ModelError
from pipeline.classify.classifier import Classifier
from pipeline.classify.modes import load_classifier

__all__ = ["Classifier", "ModelError", "load_classifier"]
