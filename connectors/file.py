"""Files: an export of any tracker as JSON lines or CSV, one issue a line.

A file that only grew is read from where it was left; one that was changed before that point is read again from its
start. A line that cannot be understood is set aside with its number, and the others go on.
"""

import codecs
import csv
import glob
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, field_validator, model_validator

from connectors.base import BadItem, Connector, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from pipeline.clean import clean
from pipeline.issue import Comment, Event, Issue, Role, State, What

LONGEST_LINE: Final = 16 * 1024 * 1024
SUFFIXES: Final = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv"}
Name = Literal[
    "external_id", "url", "title", "body", "state", "kind", "author", "author_role", "account", "labels", "project",
    "component", "group", "priority", "created_at", "updated_at", "closed_at", "comments", "history",
]  # fmt: skip
NAMES: Final[tuple[Name, ...]] = get_args(Name)
REQUIRED: Final[tuple[Name, ...]] = ("external_id", "title", "created_at")
FOUND_AT: Final = "found_at"
"""Where a raw item came from, "exports/x.csv:17"; beside our fields, and no part of the issue."""
DAY_AND_MONTH: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[./-])[0-9]{1,2}(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})"
    r"(?P<time>[ T]+[0-9]{1,2}:[0-9]{2}(?P<seconds>:[0-9]{2})?)?"
)
CLOSED: Final = frozenset(
    {"closed", "done", "resolved", "solved", "fixed", "completed", "cancelled", "canceled", "wontfix"}
)

Check = Callable[[Sequence[str]], None]

csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))  # the default refuses a field above 128 kB


class FileOptions(SourceOptions):
    path: str = Field(
        min_length=1,
        description="a file, a directory or a pattern such as exports/*.csv",
        json_schema_extra={"variables": True},
    )
    format: Literal["jsonl", "csv"] | None = Field(default=None, description="where the file's name does not tell")
    fields: dict[Name, str] = Field(default_factory=dict, description="our name: the file's name; dots go into objects")
    constants: dict[Name, str | int] = Field(default_factory=dict, description="our name: one value for every line")
    timezone: str = Field(default="UTC", description="of times that come without one, as Europe/Berlin")
    date_format: str | list[str] | None = Field(
        default=None, description='how times are written, where not as 2026-09-14 08:30:00: "%d.%m.%Y %H:%M"'
    )
    markup: Literal["markdown", "html", "plain", "wiki"] = Field(
        default="markdown", description="how bodies are written"
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="of a CSV; a comma, tab for .tsv"
    )
    number_rows: bool = Field(default=False, description="use the row's number where a line has no external_id")
    author_role: Role = Field(default="unknown", description="who wrote the lines that do not say it")
    complete_to: AwareDatetime | None = Field(
        default=None, description="when the export was taken, where not when the file was last changed"
    )
    page: int = Field(default=500, ge=1, le=5000, description="lines that are read and stored at a time")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"{name!r} is not a time zone: write its name, as Europe/Berlin") from None
        return name

    @field_validator("date_format")
    @classmethod
    def _tells_the_day(cls, given: str | list[str] | None) -> str | list[str] | None:
        if given == []:
            raise ValueError("needs at least one format, as %d.%m.%Y %H:%M")
        for form in _listed(given) if given is not None else []:
            problem = _unclear(form)
            if problem is not None:
                raise ValueError(f"{form!r} {problem}. Write it like '%d.%m.%Y %H:%M'")
        return given

    @model_validator(mode="after")
    def _once(self) -> Self:
        both = sorted(set(self.fields) & set(self.constants))
        if both:
            raise ValueError(f"{', '.join(both)}: give a field or a constant, not both")
        return self


class FileConnector(Connector[FileOptions]):
    """Raw items are the lines with our field names: {"external_id": ..., "title": ..., ...}."""

    kind: ClassVar[str] = "file"
    summary: ClassVar[str] = "exports as JSON lines or CSV, one issue a line"
    Options: ClassVar[type[SourceOptions]] = FileOptions

    def __init__(self, options: FileOptions, base_dir: Path) -> None:
        # No `super().__init__`: this source has no server, and so no `http`.
        self.options = options
        self.base_dir = base_dir
        self._zone = ZoneInfo(options.timezone)
        asked = options.model_dump(mode="json", exclude={"name", "kind", "path", "poll", "page", "complete_to"})
        self._how = hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=8).hexdigest()
        self._forms: list[str] = _listed(options.date_format) if options.date_format is not None else []

    @classmethod
    def open(cls, options: FileOptions, base_dir: Path) -> Self:
        """A connector ready to use. A relative `path` begins at `base_dir`."""
        return cls(options, base_dir)

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        reached: dict[str, Any] = dict(cursor)
        failures: list[str] = []
        silent = True
        paths = self._paths()
        read_to = self._read_to(paths)
        for path in paths:
            try:
                for page in self._file(path, reached, read_to):
                    silent = False
                    yield page
            except (SourceError, OSError) as error:
                failures.append(_why(path, error))
        gone = sorted(reached.keys() - {self._name(path) for path in paths})
        if (silent or gone) and not failures:
            left = {name: at for name, at in reached.items() if name not in gone}  # one that comes back is read anew
            yield Page(items=(), cursor=left, read_to=read_to, restarts=gone)
        if failures:
            raise SourceError("; ".join(failures), permanent=True)

    def known_as(self, raw: Raw) -> str | None:
        return _words(raw.get(FOUND_AT))

    def normalise(self, raw: Raw) -> Issue:
        words = {name: _words(raw.get(name)) for name in NAMES}
        for name in REQUIRED:
            if words[name] is None:
                raise BadItem(f"`{name}` is missing")
        created = self._time(raw, "created_at")
        assert created is not None
        closed = self._time(raw, "closed_at")
        labels = _labels(raw.get("labels"))
        marks = [mark for mark in (*labels, words["priority"], words["kind"]) if mark]
        return Issue(
            source=self.options.name,
            external_id=words["external_id"] or "",
            title=" ".join(clean(words["title"] or "", "plain").split()),
            body=clean(words["body"] or "", self.options.markup),
            url=words["url"],
            created_at=created,
            updated_at=self._time(raw, "updated_at") or created,
            closed_at=closed,
            state=_state(words["state"], closed),
            kind=words["kind"],
            author=words["author"],
            author_role=self._role(words["author_role"]),
            account=words["account"],
            labels=labels,
            project=words["project"],
            component=words["component"],
            group=words["group"],
            priority=words["priority"],
            tags=tags_for(self.options, marks),
            comments=tuple(self._comments(raw.get("comments"))),
            history=tuple(self._history(raw.get("history"), created, closed)),
        )

    def check(self) -> list[str]:
        """Looks at the first thousand lines of each file."""
        try:
            paths = self._paths()
        except SourceError as error:
            return [str(error)]
        problems: list[str] = []
        for path in paths:
            try:
                problems += self._look(path)
            except (SourceError, OSError) as error:
                problems.append(_why(path, error))
        return problems

    def describe(self, cursor: Cursor) -> str:
        told = [f"{name}: {at.get('row', 0)} rows read" for name, at in cursor.items() if isinstance(at, Mapping)]
        return "; ".join(told) or "at the beginning"

    def _paths(self) -> list[Path]:
        path = self.base_dir / self.options.path
        if path.is_dir():
            found = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES and entry.is_file())
        elif path.exists():
            found = [path]
        else:
            found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True)) if Path(name).is_file()]
        if not found:
            raise SourceError(f"{path} is not there. Put the export there, or change `path`.", permanent=True)
        return found

    def _name(self, path: Path) -> str:
        """A file as cursors and problems call it: from the configuration directory where it lies below it."""
        return path.relative_to(self.base_dir).as_posix() if path.is_relative_to(self.base_dir) else path.as_posix()

    def _read_to(self, paths: Sequence[Path]) -> datetime | None:
        """When the export was taken. A file knows nothing of what came after it was written, however often we look."""
        if self.options.complete_to is not None:
            return self.options.complete_to
        changed = [path.stat().st_mtime for path in paths if path.exists()]
        return min(datetime.fromtimestamp(max(changed), UTC), self.clock()) if changed else None

    def _file(self, path: Path, reached: dict[str, Any], read_to: datetime | None) -> Iterator[Page]:
        name = self._name(path)
        before = reached.get(name)
        if isinstance(before, Mapping) and before.get("how") != self._how:
            before = None  # with other options the same lines say something else
        with path.open("rb") as stream:
            stat = os.fstat(stream.fileno())
            if isinstance(before, Mapping) and (before.get("size"), before.get("mtime")) == (
                stat.st_size,
                stat.st_mtime_ns,
            ):
                return
            lines = _Lines(stream, name)
            rows = self._rows(path, lines, before)
            whole, restarts = False, [name]
            while not whole:
                chunk = list(islice(rows, self.options.page))
                whole = len(chunk) < self.options.page
                reached[name] = lines.cursor() | {"how": self._how}
                if whole:  # until now, its size and time said nothing about what was read
                    reached[name] |= {"size": stat.st_size, "mtime": stat.st_mtime_ns}
                yield Page(
                    items=[row for row in chunk if not isinstance(row, _Bad)],
                    cursor=dict(reached),
                    problems=[(row.where, row.why) for row in chunk if isinstance(row, _Bad)] + lines.take_notes(),
                    read_to=read_to,
                    restarts=[] if lines.resumed else restarts,
                )
                restarts = []

    def _rows(self, path: Path, lines: "_Lines", before: object) -> Iterator["Raw | _Bad"]:
        is_csv = self._format(path) == "csv"
        reader = _csv_rows if is_csv else _json_rows
        delimiter = self.options.delimiter or ("\t" if path.suffix.lower() == ".tsv" else ",")
        single = (self.base_dir / self.options.path) == path
        for row in reader(lines, before, delimiter, self._must_have):
            if isinstance(row, _Bad):
                yield row
                continue
            mapped = self._mapped(row)
            if is_csv and isinstance(mapped.get("labels"), list):  # of columns of one name: cells, not yet labels
                mapped["labels"] = [label for cell in mapped["labels"] for label in _parted(cell)]
            if self.options.number_rows and _words(mapped.get("external_id")) is None:
                mapped["external_id"] = str(lines.mark.row) if single else f"{lines.name}:{lines.mark.row}"
            missing = next((key for key in REQUIRED if _words(mapped.get(key)) is None), None)
            where = lines.where()
            yield {**mapped, FOUND_AT: where} if missing is None else _Bad(where, f"`{missing}` is missing")

    def _format(self, path: Path) -> str:
        known = self.options.format or SUFFIXES.get(path.suffix.lower())
        if known is None:
            raise SourceError(
                "its name does not tell what it is. Write `format: jsonl` or `format: csv`.", permanent=True
            )
        return known

    def _must_have(self, columns: Sequence[str]) -> None:
        """A CSV without a column that we need is one problem, not one a line."""
        given: set[Name] = set(self.options.constants)
        if self.options.number_rows:
            given.add("external_id")
        for name in REQUIRED:
            theirs = self.options.fields.get(name, name)
            if name not in given and theirs not in columns:
                raise SourceError(
                    f"it has no column {theirs!r} for `{name}`; its columns are {', '.join(columns) or 'none'}. "
                    f"Name the right one, `fields: {{{name}: ...}}`, or the `delimiter` if they are not apart.",
                    permanent=True,
                )

    def _mapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {name: _at(row, self.options.fields.get(name, name)) for name in NAMES}
        for name, value in self.options.constants.items():
            found[name] = value
        return {name: value for name, value in found.items() if value is not None}

    def _look(self, path: Path) -> list[str]:
        with path.open("rb") as stream:
            lines = _Lines(stream, self._name(path))
            problems = []
            for row in islice(self._rows(path, lines, None), 1000):
                bad = row if isinstance(row, _Bad) else self._refused(row, lines)
                if bad is not None:
                    problems.append(f"{bad.where}: {bad.why}")
        notes = [f"{what}: {why}" for what, why in lines.take_notes()]
        more = [f"... and {len(problems) - 5} more of its first lines"] if len(problems) > 5 else []
        return notes + problems[:5] + more

    def _refused(self, row: Raw, lines: "_Lines") -> "_Bad | None":
        try:
            self.normalise(row)
        except BadItem as error:
            return _Bad(lines.where(), str(error))
        return None

    def _time(self, raw: Mapping[str, Any], name: str) -> datetime | None:
        value = raw.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return None
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
            at = self._written(str(value))
            return (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            raise BadItem(f"`{name}` {value!r:.40} is not a time as {self._wanted(value)}") from None

    def _written(self, text: str) -> datetime:
        """A time in one of the forms of `date_format`, or else in that of ISO 8601. Raises ValueError."""
        if not self._forms:
            iso = text.removesuffix(" UTC") + ("+00:00" if text.endswith(" UTC") else "")
            return datetime.fromisoformat(iso.replace(" +", "+").replace(" -", "-"))
        for form in self._forms:
            with suppress(ValueError):
                return datetime.strptime(text, form)  # noqa: DTZ007  who calls adds the zone
        raise ValueError(text)

    def _wanted(self, value: object) -> str:
        if self._forms:
            return f"`date_format` has it: {' or '.join(self._forms)}"
        hint = _suggested(value) if isinstance(value, str) else ""
        return "2026-09-14T08:30:00Z or 2026-09-14 08:30:00" + hint

    def _role(self, word: str | None) -> Role:
        known: tuple[Role, ...] = get_args(Role)
        return next((role for role in known if role == (word or "").casefold()), self.options.author_role)

    def _comments(self, value: object) -> Iterator[Comment]:
        for number, entry in enumerate(_objects(value, "comments"), 1):
            at = self._time(entry, "created_at")
            body = _words(entry.get("body"))
            if at is None or body is None:
                raise BadItem(f"comment {number} lacks its body or created_at")
            role = _words(entry.get("author_role"))
            yield Comment(
                external_id=_words(entry.get("external_id")) or str(number),
                author=_words(entry.get("author")),
                author_role=self._role(role) if role else "unknown",
                body=clean(body, self.options.markup),
                created_at=at,
                private=str(entry.get("private", "")).casefold() in ("true", "1", "yes"),
            )

    def _history(self, value: object, created: datetime, closed: datetime | None) -> Iterator[Event]:
        known: tuple[What, ...] = get_args(What)
        given = list(_objects(value, "history"))
        if not given:
            yield Event(at=created, what="created")
            if closed is not None:
                yield Event(at=closed, what="closed")
        for entry in given:
            at = self._time(entry, "at")
            what = next((word for word in known if word == entry.get("what")), None)
            # Trackers tell of more than we count (assigned, pinned): such events are no loss.
            if at is not None and what is not None:
                yield Event(at=at, what=what, before=_words(entry.get("from")), after=_words(entry.get("to")))


@dataclass(frozen=True, slots=True)
class _Bad:
    """A line that is set aside."""

    where: str
    why: str


@dataclass(slots=True)
class _Mark:
    """How far a file is read: bytes, lines and rows before this point, and what those bytes were."""

    offset: int = 0
    line: int = 0
    row: int = 0
    seen: hashlib.blake2b = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def copy(self) -> "_Mark":
        return _Mark(self.offset, self.line, self.row, self.seen.copy())

    def cursor(self) -> dict[str, Any]:
        return {"offset": self.offset, "line": self.line, "row": self.row, "sha": self.seen.hexdigest()}


class _Lines:
    """The lines of a file as text, with a count of where they are. Only one line is in memory."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self.mark = _Mark()
        self._start = _Mark()
        self._held: _Mark | None = None
        self._unfinished = False
        self.ended = False
        self.resumed = False
        """Whether an earlier read is gone on with."""
        self._stream = stream
        self._latin = False
        self._notes: list[tuple[str, str]] = []

    def where(self) -> str:
        """The row that is being read, by the line it begins on."""
        return f"{self.name}:{self._start.line + 1}"

    def cursor(self) -> dict[str, Any]:
        """Where to go on. A last line without an end may still be in the writing: it will be read again."""
        return (self._held or (self._start if self._unfinished else self.mark)).cursor()

    def take_notes(self) -> list[tuple[str, str]]:
        taken, self._notes = self._notes, []
        return taken

    def begin(self) -> None:
        """A row begins here, unless the file ended within the last one."""
        if not self._unfinished:
            self._start = self.mark.copy()

    def hold(self) -> None:
        """The cursor stays before this row, though the rows after it are read."""
        self._held = self._held or self._start.copy()

    def skip_one(self) -> None:
        """Back to where the row began, and over its first line: it is not what it seemed to be."""
        self.mark = self._start.copy()
        self._stream.seek(self.mark.offset)
        self.next()

    def resume(self, before: object) -> None:
        """Go on where an earlier read stopped, if the bytes before that point are the same; else stay here."""
        if (
            isinstance(before, Mapping)
            and isinstance(before.get("offset"), int)
            and before["offset"] > self.mark.offset
        ):
            mark = _Mark(before["offset"], int(before.get("line", 0)), int(before.get("row", 0)))
            left = mark.offset
            self._stream.seek(0)
            while left > 0 and (part := self._stream.read(min(left, 1 << 20))):
                mark.seen.update(part)
                left -= len(part)
            if left == 0 and mark.seen.hexdigest() == before.get("sha"):
                self.mark, self.resumed = mark, True
        self._stream.seek(self.mark.offset)

    def next(self) -> str | None:
        """The next line with its end, None at the end of the file; "" for one that is too long to be true."""
        data = self._stream.readline(LONGEST_LINE)
        self.ended = not data
        if self.ended:
            return None
        first = self.mark.offset == 0
        self._count(data)
        whole = True
        while not data.endswith(b"\n") and (more := self._stream.readline(LONGEST_LINE)):
            self._count(more)
            data, whole = more, False
        self._unfinished = not data.endswith(b"\n")
        self.mark.line += 1
        if not whole:
            self._notes.append((self.where(), f"a line longer than {LONGEST_LINE // 2**20} MB was left out"))
            return ""
        return self._text(_without_mark(data) if first else data).replace("\x00", "")

    def _count(self, data: bytes) -> None:
        self.mark.offset += len(data)
        self.mark.seen.update(data)

    def _text(self, data: bytes) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if not self._latin:
                self._latin = True
                told = "is not UTF-8, read as Latin-1. Save the file as UTF-8 to be sure of every letter"
                self._notes.append((self.where(), told))
        try:
            return data.decode("cp1252")  # what programs mean that say Latin-1
        except UnicodeDecodeError:
            return data.decode("latin-1")


def _json_rows(lines: _Lines, before: object, _: str, __: Check) -> Iterator["Raw | _Bad"]:
    lines.resume(before)
    lines.begin()
    while (line := lines.next()) is not None:
        if line.strip():
            lines.mark.row += 1
            yield _object(line, lines)
        lines.begin()


def _object(line: str, lines: _Lines) -> "Raw | _Bad":
    try:
        row = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        return _Bad(lines.where(), f"not JSON: {error}. Each line has to be one object")
    return row if isinstance(row, dict) else _Bad(lines.where(), "not an object. Each line has to be one")


def _csv_rows(lines: _Lines, before: object, delimiter: str, check: Check) -> Iterator["Raw | _Bad"]:
    try:
        columns = [name.strip() for name in next(_reader(lines, delimiter), [])]
    except csv.Error as error:
        remedy = "Correct the quotes of its first line"
        if "new-line" in str(error):
            remedy = "If its lines end with CR alone, as on old Macs, save it with line ends of Unix or Windows"
        raise SourceError(f"its header is not CSV: {error}. {remedy}.", permanent=True) from None
    check(columns)
    lines.resume(before)
    reader = _reader(lines, delimiter)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that never ends takes the lines after it along: only the line that it is on is bad. Where it takes
            # all of them, the row may also be in the writing, and nothing from here on is certain yet.
            if lines.ended:
                lines.hold()
            lines.skip_one()
            reader = _reader(lines, delimiter)
            lines.mark.row += 1
            yield _Bad(lines.where(), f"not CSV: {error}")
            continue
        if any(cell.strip() for cell in cells):
            lines.mark.row += 1
            yield _row(columns, cells, lines)


def _reader(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(iter(lines.next, None), delimiter=delimiter, strict=True)


def _row(columns: Sequence[str], cells: Sequence[str], lines: _Lines) -> "Raw | _Bad":
    if any(cell.strip() for cell in cells[len(columns) :]):
        return _Bad(lines.where(), f"it has {len(cells)} fields, and the header names {len(columns)}")
    row: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if not cell.strip():
            continue
        # Jira's export repeats a column ("Labels") for each value.
        row[name] = [*_listed(row[name]), cell] if name in row else cell
    return row


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _at(row: Mapping[str, Any], name: str) -> Any:
    """The value of a field; `user.login` goes into objects where no field is called so."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _words(value: object) -> str | None:
    """A field as text that a database takes, None where it is blank or no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return text if text.strip() else None


def _labels(value: object) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else _parted(value) if isinstance(value, str) else []
    names = (_words(entry.get("name") if isinstance(entry, Mapping) else entry) for entry in entries)
    return tuple(name.strip() for name in names if name)


def _parted(text: str) -> list[Any]:
    return json.loads(text) if _is_json_list(text) else re.split(r"[,;]", text)


def _objects(value: object, name: str) -> Sequence[Mapping[str, Any]]:
    """Comments or history: a list of objects, in a CSV written as JSON."""
    if isinstance(value, str) and _is_json_list(value):
        value = json.loads(value)
    if value is None or value == "":
        return []
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise BadItem(f"`{name}` is not a list of objects")
    return value


def _is_json_list(text: str) -> bool:
    try:
        return text.lstrip().startswith("[") and isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


def _unclear(form: str) -> str | None:
    """Why a format of `strptime` cannot be used: a moment has to be the same when it was written and is read by it."""
    if "%Z" in form.replace("%%", ""):
        return "has %Z, and names of zones cannot be read: write `timezone` for it"
    there = datetime(2026, 9, 17, 21, 42, 37, tzinfo=UTC)
    try:
        back = datetime.strptime(there.strftime(form), form)  # noqa: DTZ007  only its parts are compared
    except (ValueError, re.error) as error:
        return f"is no format of a time: {error}"
    if back.date() != there.date():
        return "does not tell the day, the month and the year"
    return None if back.hour in (there.hour, 0) else "has an hour of twelve without %p"


def _suggested(text: str) -> str:
    """What to write where days and months stand in an order that only the operator knows."""
    seen = DAY_AND_MONTH.fullmatch(text.strip())
    if seen is None:
        return ""
    mark, year = seen["mark"], "%Y" if len(seen["year"]) == 4 else "%y"
    time = f"{' ' if seen['time'][0] == ' ' else 'T'}%H:%M{':%S' if seen['seconds'] else ''}" if seen["time"] else ""
    days, months = (f'`date_format: "{mark.join(order)}{time}"`' for order in (("%d", "%m", year), ("%m", "%d", year)))
    if mark == "." or int(seen["day"]) > 12:
        return f"; if the export writes days first, add {days} to this source"
    return f"; if the export writes days first, add {days} to this source, or {months} if months come first"


def _state(word: str | None, closed: datetime | None) -> State:
    said = (word or "").strip().casefold()
    if said == "deleted":
        return "deleted"
    return "closed" if said in CLOSED or (not said and closed is not None) else "open"


def _without_mark(data: bytes) -> bytes:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError("it is written in UTF-16. Save it as UTF-8.", permanent=True)
    return data.removeprefix(codecs.BOM_UTF8)


def _why(path: Path, error: Exception) -> str:
    return f"{path}: {error.strerror if isinstance(error, OSError) else error}"
