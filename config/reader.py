"""Reading configuration: a YAML file with positions, checked against a pydantic model, its faults in plain words.

A secret, any field that a model types `SecretStr`, is never written in the file itself: its value is `${ENV_NAME}` or
`file:PATH`, with PATH relative to the directory of the file. Elsewhere `${ENV_NAME}` is text like any other, so that no
secret gets into a message by mistake; only a field of `json_schema_extra={"variables": True}` has its variables filled.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from config.document import Document, Loc, Problem, key_of, read, unshared

__all__ = ["Document", "Loc", "Problem", "key_of", "nearest", "read", "validate"]

M = TypeVar("M", bound=BaseModel)

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LARGEST_SECRET: Final = 64 * 1024
_HIDDEN: Final = "0123456789abcdef" * 4
"""Stands for a secret that could not be had, so that the other faults of its entry are still found."""

_CONSEQUENCE: Final = "default_factory_not_called"
"""A default that needs another field, which is wrong itself and told so."""

_TYPES: Final = {
    "string_type": "text", "int_type": "a whole number", "int_parsing": "a whole number",
    "int_from_float": "a whole number", "float_type": "a number", "float_parsing": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false", "list_type": "a list", "tuple_type": "a list",
    "set_type": "a list", "frozen_set_type": "a list", "iterable_type": "a list", "dict_type": "a set of keys",
    "mapping_type": "a set of keys", "model_type": "a set of keys", "model_attributes_type": "a set of keys",
    "dataclass_type": "a set of keys", "path_type": "a path",
    "datetime_type": "a date and time", "datetime_parsing": "a date and time", "datetime_from_date_parsing":
    "a date and time", "datetime_object_invalid": "a date and time", "date_type": "a date", "date_parsing": "a date",
    "date_from_datetime_parsing": "a date", "url_parsing": "a URL", "url_type": "a URL",
}  # fmt: skip
_EXAMPLES: Final = {
    "a list": "Write [a, b], or one `- a` a line.",
    "a set of keys": "Write {key: value}, or one indented `key: value` a line.",
    "a date and time": "Write it as 2026-09-18T18:05:00+01:00.",
    "a date": "Write it as 2026-09-18.",
}
_BOUNDS: Final = {
    "greater_than_equal": ("at least", "ge"), "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"), "less_than": ("less than", "lt"),
}  # fmt: skip


def validate(
    document: Document, model: type[M], at: Loc = (), *, environ: Mapping[str, str] | None = None
) -> M | list[Problem]:
    """The value at a place of the document as a model, or every problem with it, in the order of the file.

    Unquoted numbers and booleans become text, as they were written, where the model wants text.
    """
    data = unshared(document.at(at))
    found: list[Problem] = []
    secret: set[Loc] = set()
    for loc in list(_secrets(model, data, ())) if _keeps_secrets(model, set()) else ():
        secret.add(loc)
        answer = _resolve(document, (*at, *loc), _get(data, loc), os.environ if environ is None else environ)
        if isinstance(answer, Problem):
            found.append(answer)
        _put(data, loc, _HIDDEN if isinstance(answer, Problem) else answer)
    found += _fill(document, model, at, data, os.environ if environ is None else environ)
    while True:
        try:
            value = model.model_validate(data)
        except ValidationError as error:
            raised = [fault for fault in error.errors(include_url=False) if fault["type"] != _CONSEQUENCE]
            faults = [_Fault(fault, data) for fault in raised]
            if _as_written(document, at, data, faults):
                continue
            found += _problems(document, model, at, [fault for fault in faults if fault.loc not in secret])
        else:
            if not found:
                return value
        return sorted(found, key=lambda problem: problem.line)


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that a mistyped one most likely means."""
    folded = {k.casefold().replace("_", "-"): k for k in known}
    close = get_close_matches(name.casefold().replace("_", "-"), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


class _Fault:
    """One error of pydantic. `loc` is the place in the data, without the steps that pydantic adds for its own types."""

    def __init__(self, fault: Any, data: Any) -> None:
        self.type: str = fault["type"]
        self.input: Any = fault["input"]
        self.context: Mapping[str, Any] = fault.get("ctx", {})
        self.message: str = fault["msg"]
        self.of_key = "[key]" in fault["loc"]
        self.loc = self._place(fault["loc"], data)

    def _place(self, loc: Loc, data: Any) -> Loc:
        path: list[str | int] = []
        for index, step in enumerate(loc):
            there = isinstance(data, dict) or (isinstance(data, list) and isinstance(step, int))
            if there and step in (data if isinstance(data, dict) else range(len(data))):
                data = data[step]
            elif self.type != "missing" or index < len(loc) - 1:
                continue
            path.append(step)
        return tuple(path)


def _as_written(document: Document, at: Loc, data: Any, faults: Sequence[_Fault]) -> bool:
    """Put the text that stands in the file where text is wanted and a number was understood; True if there was any."""
    changed = False
    for fault in faults:
        if fault.type == "string_type" and isinstance(fault.input, bool | int | float):
            text = document.written((*at, *fault.loc))
            if text is not None and fault.loc and _get(data, fault.loc) != text:
                _put(data, fault.loc, text)
                changed = True
    return changed


def _problems(document: Document, model: type[BaseModel], at: Loc, faults: Sequence[_Fault]) -> Iterator[Problem]:
    """One problem a place: a union's complaints are one complaint."""
    places: dict[Loc, list[_Fault]] = {}
    for fault in faults:
        places.setdefault(fault.loc, []).append(fault)
    instead = _instead(places)
    for loc, here in places.items():
        if loc in instead.values():
            continue
        if loc in instead:
            name, what = instead[loc][-1], _described(model, instead[loc])
            message = f"is not a key that is known here, and `{name}` is missing"
            yield document.problem((*at, *loc), message, f"Did you mean `{name}`? {what}".rstrip())
            continue
        types = dict.fromkeys(_TYPES[fault.type] for fault in here if fault.type in _TYPES)
        message, remedy = _wrong_type(here, types) if types else _wrong_value(here[0], model)
        yield document.problem((*at, *loc), message, remedy or _described(model, loc))


def _instead(places: Mapping[Loc, Sequence[_Fault]]) -> dict[Loc, Loc]:
    """Unknown keys that most likely are a missing one of the same entry under a wrong name, to that one."""
    meant: dict[Loc, Loc] = {}
    for parent in dict.fromkeys(loc[:-1] for loc in places):
        here = {loc: faults[0].type for loc, faults in places.items() if loc and loc[:-1] == parent}
        unknown = [loc for loc, kind in here.items() if kind == "extra_forbidden"]
        missing = {str(loc[-1]): loc for loc, kind in here.items() if kind == "missing"}
        for loc in unknown:
            close = nearest(str(loc[-1]), list(missing))
            if close is None and len(unknown) == len(missing) == 1:
                close = next(iter(missing))
            if close is not None and missing[close] not in meant.values():
                meant[loc] = missing[close]
    return meant


def _wrong_type(here: Sequence[_Fault], types: Mapping[str, None]) -> tuple[str, str]:
    remedy = next((_EXAMPLES[name] for name in types if name in _EXAMPLES), "")
    if here[0].input is None:
        return "is empty", "Write a value, or remove the key."
    return f"must be {' or '.join(types)}, not {_noun(here[0].input)}", remedy


def _wrong_value(fault: _Fault, model: type[BaseModel]) -> tuple[str, str]:
    """Message and remedy for one complaint; the remedy is empty where the field's description has to serve."""
    if fault.type == "missing":
        return "is missing", _add(fault, model)
    if fault.type == "extra_forbidden":
        return "is not a key that is known here", _known(str(fault.loc[-1]), _keys(model, fault.loc[:-1]))
    if fault.of_key and "expected" in fault.context:
        return "is not a key that is known here", _known(str(fault.loc[-1]), _choices(fault))
    if "expected" in fault.context:
        close = nearest(str(fault.input), _choices(fault))
        hint = f"Did you mean {close}?" if close else ""
        return f"must be one of {', '.join(_choices(fault))}, not {_noun(fault.input)}", hint
    if fault.type in _BOUNDS:
        words, name = _BOUNDS[fault.type]
        return f"must be {words} {fault.context[name]}, not {_noun(fault.input)}", ""
    if fault.type == "string_pattern_mismatch":
        return f"{_noun(fault.input)} has not the form that is needed", _form(fault, model)
    if fault.type in ("string_too_short", "too_short"):
        return ("is empty" if not fault.input else "is too short"), ""
    if fault.type in ("value_error", "assertion_error"):
        return str(fault.context.get("error", fault.message)).rstrip("."), ""
    return fault.message[:1].lower() + fault.message[1:], ""


def _add(fault: _Fault, model: type[BaseModel]) -> str:
    described = _described(model, fault.loc)
    return f"Add `{fault.loc[-1]}:`" + (f", {described[:1].lower()}{described[1:]}" if described else ".")


def _form(fault: _Fault, model: type[BaseModel]) -> str:
    return _described(model, fault.loc) or f"It has to match {fault.context['pattern']}."


def _described(model: type[BaseModel], loc: Loc) -> str:
    """What a field is for, as its model says it."""
    for owner in _models(model, loc[:-1]):
        info = _fields(owner).get(str(loc[-1])) if loc else None
        if info is not None and info.description:
            return f"It is {info.description}."
    return ""


def _known(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    if close is not None:
        return f"Did you mean `{close}`?"
    return f"Known are {', '.join(sorted(known))}." if known else ""


def _choices(fault: _Fault) -> list[str]:
    return re.findall(r"'([^']*)'", str(fault.context["expected"])) or [str(fault.context["expected"])]


def _noun(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a set of keys"
    if isinstance(value, list | tuple):
        return "a list"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:56] + "...'"


# What a model expects at a place, read from its annotations.


def _arms(annotation: Any) -> Iterator[Any]:
    """The alternatives of a type, without the wrappings."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _arms(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for arm in get_args(annotation):
            yield from _arms(arm)
    else:
        yield annotation


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's fields by the key that a file uses."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _inside(annotation: Any, step: str | int) -> Iterator[Any]:
    """The types of a part of a value: a field of a model, an item of a list, a value of a mapping."""
    for arm in _arms(annotation):
        origin, args = get_origin(arm), get_args(arm)
        if isinstance(arm, type) and issubclass(arm, BaseModel):
            info = _fields(arm).get(str(step))
            if info is not None:
                yield info.annotation
        elif not args or origin is Literal or not isinstance(origin, type):
            continue
        elif issubclass(origin, Mapping):
            yield args[1]
        elif issubclass(origin, Sequence | AbstractSet):
            yield args[0]


def _models(model: type[BaseModel], loc: Loc) -> list[type[BaseModel]]:
    """The models that may stand at a place."""
    here: list[Any] = [model]
    for step in loc:
        here = [part for annotation in here for part in _inside(annotation, step)]
    arms = [arm for annotation in here for arm in _arms(annotation)]
    return [arm for arm in arms if isinstance(arm, type) and issubclass(arm, BaseModel)]


def _keys(model: type[BaseModel], loc: Loc) -> list[str]:
    return [key for owner in _models(model, loc) for key in _fields(owner)]


# The environment.


def _fill(
    document: Document, model: type[BaseModel], at: Loc, data: Any, environ: Mapping[str, str]
) -> Iterator[Problem]:
    """Put the variables into the fields of a model that may hold some; a problem for each that is not set."""
    for name, info in _fields(model).items() if isinstance(data, dict) else ():
        extra, value = info.json_schema_extra, data.get(name)
        if not isinstance(extra, dict) or not extra.get("variables") or not isinstance(value, str):
            continue
        for variable in dict.fromkeys(_VARIABLE.findall(value)):
            if not environ.get(variable, "").strip():
                state = "set but empty" if variable in environ else "not set"
                remedy = f"Export {variable}, or write the value here."
                yield document.problem((*at, name), f"the environment variable {variable} is {state}", remedy)
        data[name] = _VARIABLE.sub(lambda seen: environ.get(seen[1], "").strip() or seen[0], value)


# Secrets.


def _keeps_secrets(annotation: Any, seen: set[Any]) -> bool:
    """Whether a type has a place for a secret: most have none, and their values need not be walked."""
    for arm in _arms(annotation):
        if arm is SecretStr:
            return True
        parts = get_args(arm) if get_origin(arm) is not Literal else ()
        if isinstance(arm, type) and issubclass(arm, BaseModel) and arm not in seen:
            seen.add(arm)
            parts = tuple(info.annotation for info in arm.model_fields.values())
        if any(_keeps_secrets(part, seen) for part in parts):
            return True
    return False


def _secrets(annotation: Any, value: Any, loc: Loc) -> Iterator[Loc]:
    """Places whose value stands for a secret."""
    if value is None:
        return
    if isinstance(value, dict | list):
        parts = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for step, part in parts:
            for inner in _inside(annotation, step):
                yield from _secrets(inner, part, (*loc, step))
    elif any(arm is SecretStr for arm in _arms(annotation)):
        yield loc


def _resolve(document: Document, loc: Loc, value: Any, environ: Mapping[str, str]) -> str | Problem:
    """The secret that a reference stands for. What is no reference is never repeated in a message."""
    variable = _VARIABLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if variable is not None:
        content = environ.get(variable[1], "").strip()
        if content:
            return content
        state = "set but empty" if variable[1] in environ else "not set"
        return document.problem(loc, f"the environment variable {variable[1]} is {state}", f"Export {variable[1]}.")
    if isinstance(value, str) and value.startswith("file:"):
        return _from_file(document, loc, value.removeprefix("file:").strip())
    return document.problem(loc, "is a secret and must not be written in this file", _reference(loc, value))


def _reference(loc: Loc, value: Any) -> str:
    if isinstance(value, str) and (bare := re.fullmatch(r"\$([A-Za-z_][A-Za-z0-9_]*)", value)):
        return f"Did you mean ${{{bare[1]}}}?"
    if isinstance(value, str) and "${" in value:
        return "The reference has to be the whole value: put the whole secret into the variable."
    name = re.sub(r"[^A-Z0-9]+", "_", str(loc[-1]).upper())
    return f"Write ${{{name}}} and export that variable, or write file:PATH."


def _from_file(document: Document, loc: Loc, name: str) -> str | Problem:
    path = document.path.parent / Path(name).expanduser()
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_SECRET + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return document.problem(loc, f"the file {path} cannot be read: {reason.lower()}", "Write the secret into it.")
    except ValueError:
        return document.problem(loc, "the file's name cannot be used")
    if len(raw) > _LARGEST_SECRET:
        return document.problem(loc, f"the file {path} is too large for a secret")
    try:
        content = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return document.problem(loc, f"the file {path} is not UTF-8 text", "A secret is text.")
    return content or document.problem(loc, f"the file {path} is empty", "Write the secret into it.")


def _get(data: Any, loc: Loc) -> Any:
    for step in loc:
        data = data[step]
    return data


def _put(data: Any, loc: Loc, value: Any) -> None:
    for step in loc[:-1]:
        data = data[step]
    data[loc[-1]] = value
