"""Checks what a connector asked against the vendor's own API description (kept beside the checkout, not in it)."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from connectors.kit.dialect import Request
from tests.shared_data import beside

METHODS = {"GET": "get", "POST": "post", "PUT": "put", "HEAD": "head"}


def recordings(*path: str) -> Path:
    """A place among the recorded data."""
    return beside("data", "recordings", *path)


def problems(description: Path, requests: Iterable[Request], prefix: str = "") -> list[str]:
    """What the description does not allow: unknown paths, methods, parameters, and values that are no member.

    `prefix` is what our requests carry before the paths of the description.
    """
    spec = _read(description)
    found = []
    for request in requests:
        path = request.path.removeprefix(prefix)
        operation = _operation(spec, request.method, path)
        if operation is None:
            found.append(f"{request.method} {path} is not described")
            continue
        known = {p["name"]: p for p in operation if p.get("in") == "query"}
        for name, value in request.query.items():
            declared = known.get(name) or known.get(f"{name}[]")
            if declared is None:
                found.append(f"{request.method} {path}: no parameter {name!r}")
                continue
            allowed = _resolved(spec, declared.get("schema") or {}).get("enum")
            if allowed and value not in [str(one) for one in allowed]:
                found.append(f"{request.method} {path}: {name}={value!r} is none of {allowed}")
    return sorted(set(found))


@cache
def _read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)


def _operation(spec: Any, method: str, path: str) -> list[Mapping[str, Any]] | None:
    for template, entry in spec["paths"].items():
        pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and METHODS.get(method) in entry:
            given = [*entry.get("parameters", []), *entry[METHODS[method]].get("parameters", [])]
            return [_resolved(spec, parameter) for parameter in given]
    return None


def _resolved(spec: Any, value: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in value:
        found = spec
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        value = found
    return value
