"""The model file: what is in it, how it is read and how it is written so that equal models are equal bytes."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.features import BLOCKS, WIDTH, Floats
from pipeline.issue import SIDES, Kind

KINDS: Final[tuple[Kind, ...]] = ("bug", "request", "question")
FORMAT: Final = 3
PATH: Final = Path(__file__).with_name("model.npz")
_REMEDY: Final = "restore it from the repository, or make it again with `leafnotes model train`"


class ModelError(Exception):
    """The model file cannot be used; the message names the file and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the features of one block weigh: rows are columns of the block, columns the three sides or kinds."""

    sides: Floats
    kinds: Floats
    rarity: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights of the linear heads; `tables` in the order of `features.BLOCKS`."""

    tables: tuple[Table, ...]
    tokens: tuple[str, ...]
    token_scores: Floats
    token_weights: Floats
    cues: tuple[str, ...]
    cue_scores: Floats
    bias: Floats
    kind_bias: Floats
    temperature: float
    threshold: float
    name: str = ""

    @property
    def word_rarity(self) -> Floats:
        """How rare each word is, by its column."""
        return self.tables[0].rarity


_COLUMNS: Final = ("sides", "kinds", "rarity")
_TABLES: Final = {f"{block}_{column}": (n, column) for n, block in enumerate(BLOCKS) for column in _COLUMNS}
_BYTES: Final = (*_TABLES, "token_scores", "token_weights")
"""Stored as one byte a number and one scale a matrix: no decision that we measured depends on more."""


def load(path: Path = PATH) -> Model:
    """The model in a file; its name carries the first eight digits of the file's SHA-256. Raises `ModelError`."""
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return _model(arrays, f"leafnotes-{FORMAT}:{hashlib.sha256(content).hexdigest()[:8]}")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError, TypeError) as error:
        raise ModelError(f"the model {path} cannot be read ({error}): {_REMEDY}") from error


def _model(arrays: dict[str, NDArray[Any]], name: str) -> Model:
    about = json.loads(bytes(arrays["about"]).decode())
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, this version reads {FORMAT}")
    for key in _BYTES:
        arrays[key] = arrays[key].astype(np.float32) * np.float32(about["scales"][key])
    tables = tuple(Table(**{column: arrays[f"{block}_{column}"] for column in _COLUMNS}) for block in BLOCKS)
    if any(table.sides.shape != (WIDTH, len(SIDES)) or table.kinds.shape != (WIDTH, len(KINDS)) for table in tables):
        raise ValueError("weights of an unexpected shape")
    return Model(
        tables=tables,
        tokens=tuple(bytes(arrays["tokens"]).decode().split("\n")),
        token_scores=arrays["token_scores"],
        token_weights=arrays["token_weights"],
        cues=tuple(about["cues"]),
        cue_scores=arrays["cue_scores"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
        kind_bias=arrays["kind_bias"].astype(np.float32),
        temperature=float(about["temperature"]),
        threshold=float(about["threshold"]),
        name=name,
    )


def save(model: Model, path: Path) -> None:
    """Write the model; the same weights give the same bytes, on any day."""
    scales: dict[str, float] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for key in _BYTES:
        full = _matrix(model, key)
        scales[key] = float(np.float32(max(float(np.abs(full).max()), 1e-9) / 127))
        arrays[key] = np.rint(full / scales[key]).astype(np.int8)
    about = {
        "format": FORMAT,
        "scales": scales,
        "cues": list(model.cues),
        "temperature": model.temperature,
        "threshold": model.threshold,
    }
    arrays["about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
    arrays["tokens"] = np.frombuffer("\n".join(model.tokens).encode(), dtype=np.uint8)
    for key in ("cue_scores", "bias", "kind_bias"):
        arrays[key] = getattr(model, key).astype(np.float32)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[key]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue())


def _matrix(model: Model, key: str) -> Floats:
    if key in _TABLES:
        n, column = _TABLES[key]
        return getattr(model.tables[n], column)  # type: ignore[no-any-return]
    return getattr(model, key)  # type: ignore[no-any-return]
