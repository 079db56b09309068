"""YAML files with positions: what a file says, and on which line it says it.

A narrower YAML than the standard's: `on`, `no`, dates and numbers with a leading zero are text, as people mean them in
a configuration; a key that is there twice is refused, and so are tags, several documents, and aliases that unfold to
more than any real file holds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

Loc = tuple[str | int, ...]
"""Where a value is: ("sources", 0, "token")."""

LARGEST: Final = 8 * 1024 * 1024
DEEPEST: Final = 40
MOST_NODES: Final = 1_000_000
"""Values in one file, each unfolded alias counted again."""

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")

# What the parser says -> what a person can do. The first that occurs in its message.
_WORDS: Final = (
    ("mapping values are not allowed", "a second `:` where no key can be", "Put a value that contains `: ` in quotes."),
    ("could not find expected ':'", "a key without its `:`", "Write `key: value`; quote text that has several lines."),
    ("did not find expected ',' or ']'", "a `[` that is not closed, or a comma is missing", "Write `[a, b]`."),
    ("did not find expected ',' or '}'", "a `{` that is not closed, or a comma is missing", "Write `{a: 1, b: 2}`."),
    ("did not find expected key", "the indentation does not fit the lines above", "Line up the keys of one set."),
    ("did not find expected '-'", "the indentation does not fit the list above", "Line up the `-` of one list."),
    ("cannot start any token", "a value that begins with a sign YAML keeps for itself", "Put the value in quotes."),
    ("unexpected end of stream", "a quotation mark that is not closed", "Close it, or remove the one that opens."),
    ("unknown escape character", "a backslash in double quotes", "Use single quotes, or write the backslash twice."),
    ("nesting depth", "nested too deeply", "No file of ours needs so many levels."),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the configuration. `line` is 0 where there is none (a variable, a missing file)."""

    file: str
    line: int
    key: str
    message: str
    remedy: str = ""

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def says(self) -> str:
        """Key, message and remedy as a sentence or two, without the position."""
        message = f"{self.key}: {self.message}" if self.key else self.message
        return f"{message}. {self.remedy}" if self.remedy else message

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass(slots=True)
class _Node:
    """A value and where it stands. `parts` are its children with the line of their key.

    `weight` is how many values it holds, aliases unfolded. `written` is the text of an unquoted value that was
    understood as something other than text.
    """

    line: int
    value: Any = None
    parts: dict[str | int, tuple[int, "_Node"]] = field(default_factory=dict)
    weight: int = 1
    written: str | None = None


@dataclass(frozen=True)
class Document:
    """A file that was read. `broken`: nothing in it could be understood, and `data` is empty for that reason alone."""

    path: Path
    data: Any
    problems: tuple[Problem, ...] = ()
    broken: bool = False
    name: str = ""
    """How problems call the file, where its own name is not enough."""
    _root: _Node = field(default_factory=lambda: _Node(0), repr=False, compare=False)

    @property
    def file(self) -> str:
        return self.name or self.path.name

    def line(self, loc: Loc) -> int:
        """The line of a value's key, or of the nearest place above it that exists; from 1, and 0 for an empty file."""
        node, line = self._root, self._root.line
        for step in loc:
            if step not in node.parts:
                break
            line, node = node.parts[step]
        return line

    def at(self, loc: Loc) -> Any:
        """The plain value at a place; None where there is nothing."""
        if not loc:
            return self.data
        node = self._node(loc)
        return None if node is None else node.value

    def has(self, loc: Loc) -> bool:
        return self._node(loc) is not None

    def written(self, loc: Loc) -> str | None:
        """An unquoted number, boolean or nothing exactly as it stands in the file; None for anything else."""
        node = self._node(loc)
        return None if node is None else node.written

    def problem(self, loc: Loc, message: str, remedy: str = "") -> Problem:
        return Problem(self.file, self.line(loc), key_of(loc), message, remedy)

    def _node(self, loc: Loc) -> _Node | None:
        node = self._root
        for step in loc:
            if step not in node.parts:
                return None
            node = node.parts[step][1]
        return node


def key_of(loc: Loc) -> str:
    """("sources", 0, "token") as sources[0].token."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return text.removeprefix(".")


def read(path: Path, *, name: str = "") -> Document:
    """Read a YAML file. Never raises for what is in it or for its absence: `problems` say what is wrong."""
    try:
        text = _text(path)
    except _Broken as error:
        return _unread(path, name, error)
    return parse(text, path, name=name)


def parse(text: str, path: Path, *, name: str = "") -> Document:
    """The text of a YAML file, as `read` understands it."""
    composer = _Composer(text, name or path.name)
    try:
        root = composer.compose()
    except _Broken as error:
        return _unread(path, name, error)
    data = {} if root.value is None else root.value
    return Document(path, data, tuple(composer.problems), name=name, _root=root)


def _unread(path: Path, name: str, error: "_Broken") -> Document:
    problem = Problem(name or path.name, error.line, "", error.message, error.remedy)
    return Document(path, {}, (problem,), broken=True, name=name)


class _Broken(Exception):
    """The file cannot be understood; the rest of it is not looked at."""

    def __init__(self, line: int, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise _Broken(0, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise _Broken(0, f"is larger than {LARGEST // 1024**2} MB", "No configuration is: is it the right file?")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Broken(1, "is written as UTF-16", "Save it as UTF-8.")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Broken(line, f"has a byte that is not UTF-8 (0x{raw[error.start]:02x})", "Save it as UTF-8.") from None
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise _Broken(line, f"has an invisible character (U+{ord(control[0]):04X})", "Remove it.")
    return text


def _missing(path: Path) -> _Broken:
    other = path.with_suffix(".yml")
    if other.exists():
        return _Broken(0, f"is missing, but there is {other.name}", f"Rename that to {path.name}.")
    return _Broken(0, "is missing", f"`leafnotes init DIR` writes a commented example; put it in {path.parent}.")


class _Composer:
    """Builds the tree of one file from the parser's events."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, _Node] = {}
        self._nodes = 0
        self.problems: list[Problem] = []

    def compose(self) -> _Node:
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise self._in_words(error) from None
        except yaml.YAMLError as error:
            raise _Broken(1, f"is not YAML: {error}") from None

    def _document(self) -> _Node:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return _Node(0)
        root = self._node(next(self._events), 0, ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Broken(_line(after), "a second document begins here (`---`)", "Keep one document a file.")
        return root

    def _node(self, event: Any, depth: int, loc: Loc) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(1, _line(event))
        if depth > DEEPEST:
            raise _Broken(_line(event), "nested too deeply", f"No file of ours needs more than {DEEPEST} levels.")
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            raise _Broken(_line(event), f"has the tag {event.tag}", "Remove it: plain values are all that is needed.")
        if isinstance(event, yaml.ScalarEvent):
            node = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth, loc)
        else:
            node = self._keys(event, depth, loc)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> _Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise _Broken(_line(event), f"*{event.anchor} refers to nothing", f"Write &{event.anchor} before a value.")
        self._count(known.weight, _line(event))
        return known

    def _count(self, more: int, line: int) -> None:
        self._nodes += more
        if self._nodes > MOST_NODES:
            raise _Broken(line, f"holds more than {MOST_NODES:,} values", "Are aliases repeating each other?")

    def _list(self, event: Any, depth: int, loc: Loc) -> _Node:
        node = _Node(_line(event), value=[])
        for index, item in enumerate(iter(self._next, None)):
            part = self._node(item, depth + 1, (*loc, index))
            node.parts[index] = (part.line if not isinstance(item, yaml.AliasEvent) else _line(item), part)
            node.value.append(part.value)
            node.weight += part.weight
        return node

    def _keys(self, event: Any, depth: int, loc: Loc) -> _Node:
        node = _Node(_line(event), value={})
        merged: list[_Node] = []
        for key in iter(self._next, None):
            if not isinstance(key, yaml.ScalarEvent):
                raise _Broken(_line(key), "a list or a set of keys stands where a key should", "Write `key: value`.")
            name, line = key.value, _line(key)
            self._count(1, line)
            part = self._node(next(self._events), depth + 1, (*loc, name))
            if name == "<<" and key.implicit[0]:
                merged += [item for _, item in part.parts.values()] if isinstance(part.value, list) else [part]
            elif name in node.parts:
                first = node.parts[name][0]
                remedy = f"It is on line {first} already: remove one of the two."
                self.problems.append(Problem(self._file, line, key_of((*loc, name)), "is there twice", remedy))
            else:
                node.parts[name] = (line, part)
        self._merge(node, merged)
        node.value = {name: part.value for name, (_, part) in node.parts.items()}
        node.weight += sum(part.weight + 1 for _, part in node.parts.values())
        return node

    def _merge(self, node: _Node, merged: list[_Node]) -> None:
        """`<<: *base` brings the keys of base that are not written here."""
        for base in merged:
            if not isinstance(base.value, dict):
                raise _Broken(node.line, "`<<` needs a set of keys to take over", "Write `<<: *name`.")
            self._count(base.weight, node.line)
            for name, part in base.parts.items():
                node.parts.setdefault(name, part)

    def _next(self) -> Any:
        event = next(self._events)
        return None if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent) else event

    def _in_words(self, error: yaml.MarkedYAMLError) -> _Broken:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column) if mark is not None else (1, 0)
        lines = self._text.splitlines()
        shown = lines[line - 1] if line <= len(lines) else ""
        if "\t" in shown[: len(shown) - len(shown.lstrip())] or shown[column : column + 1] == "\t":
            return _Broken(line, "has a tab where YAML wants spaces", "Indent with spaces.")
        said = " ".join(filter(None, (error.context, error.problem)))
        for sign, message, remedy in _WORDS:
            if sign in said:
                began = error.context_mark.line + 1 if error.context_mark is not None else line
                since = f" (it begins on line {began})" if began < line else ""
                return _Broken(line, message + since, remedy)
        return _Broken(line, f"is not YAML here: {said}")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> _Node:
    value = _plain(event.value) if event.implicit[0] else event.value
    return _Node(_line(event), value=value, written=None if isinstance(value, str) else event.value)


def _plain(text: str) -> Any:
    """An unquoted value, by the core rules of YAML 1.2 and a little stricter: what is not clearly a number is text."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def unshared(value: Any) -> Any:
    """A copy in which nothing that an alias repeated is shared."""
    if isinstance(value, Mapping):
        return {key: unshared(part) for key, part in value.items()}
    return [unshared(part) for part in value] if isinstance(value, list) else value
