"""The labelled texts: what is learned from, what is only evaluated on, and where each comes from.

Labels are in this repository, as references to public data sets (data set, row, label); the texts are not, and are
looked up in a folder of those data sets. `labels.jsonl` was made by reading each text whole (see MODEL.md).
"""

import csv
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from pipeline.clean import clean
from pipeline.issue import Kind, Side
from pipeline.prose import prose

HERE: Final = Path(__file__).parents[1]
LABELS: Final = HERE / "labels.jsonl"
EXAMPLES: Final = HERE / "examples.jsonl"
BESIDE: Final = HERE.parents[1] / ".." / "shared" / "data" / "labelled"
"""Where the public data sets lie beside a checkout."""

Origin = Literal["hand", "labels", "examples", "corrections", "given", "weak"]
CAREFUL: Final[frozenset[str]] = frozenset(get_args(Origin)) - {"weak"}
"""Origins whose labels somebody decided by reading the text."""
REAL: Final = frozenset({"hand", "labels"})
"""Origins whose texts were written by people in earnest: what is evaluated on."""
SIDE_OF: Final[Mapping[str, Side]] = {
    "developer": "developer", "customer": "customer", "none": "none", "neither": "none",
}  # fmt: skip
_VAGUE: Final = ("unknown", "aosp", "tw", "None", "")
"""Products that are none: their texts are kept apart singly."""


class DataError(Exception):
    """A labelled file cannot be used; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled text, cleaned. `group` keeps a product's texts together when folds are cut.

    `agreed` is whether a second, blind reading gave the same side; None where there was none.
    """

    key: str
    title: str
    body: str
    side: Side
    origin: Origin
    source: str
    group: str
    part: Literal["learning", "evaluation"] = "learning"
    kind: Kind | None = None
    severity: int | None = None
    frustration: int | None = None
    signals: frozenset[str] | None = None
    agreed: bool | None = None


def everything(folder: Path) -> list[Sample]:
    """All samples: the seed set, our labels of public texts, our own examples. Raises `DataError`."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. The labelled texts are public data sets and not part of Leafnotes.")
    labelled = list(_labels(folder))
    known = {(one.title, one.body) for one in labelled}
    seed = [one for one in _seed(folder) if (one.title, one.body) not in known]  # a careful label beats a weak one
    return [*seed, *labelled, *_examples()]


def _seed(folder: Path) -> Iterator[Sample]:
    for origin in ("hand", "weak"):
        for row in _lines(folder / "friction_train" / f"{origin}.jsonl"):
            product = str(row["product"])
            title, body = _cleaned(row["title"], row["body"], "wiki" if "jira" in row["source"] else "markdown")
            yield Sample(
                key=row["id"],
                title=title,
                body=body,
                side=SIDE_OF[row["label"]],
                origin=origin,
                source=row["source"],
                group=row["id"] if product in _VAGUE else product,
            )


def _labels(folder: Path) -> Iterator[Sample]:
    texts = _Texts(folder)
    for row in _lines(LABELS):
        title, body, markup = texts.of(row["data"], row["row"])
        title, body = _cleaned(title, body, markup)
        second = row.get("second")
        product = str(row["product"])
        yield Sample(
            key=f"{row['data']} {row['row']}",
            title=title,
            body=body,
            side=row["side"],
            origin="labels",
            source=row["data"],
            group=f"{row['data']} {row['row']}" if product in _VAGUE else product,
            part=row["part"],
            kind=row["kind"],
            severity=row["severity"],
            frustration=row["frustration"],
            signals=frozenset(signal[0] for signal in row["signals"]),
            agreed=None if second is None else second["side"] == row["side"],
        )


def _examples() -> Iterator[Sample]:
    for row in _lines(EXAMPLES):
        yield Sample(
            key=f"example {row['id']}",
            title=row["title"],
            body=row["body"],
            side=row["label"],
            origin="examples",
            source="examples",
            group=f"example {row['id']}",
            kind=row["kind"],
        )


def read_twice() -> list[tuple[Side, Side]]:
    """The sides of the texts that were read a second time, blind to the first: (first, second)."""
    return [(row["side"], row["second"]["side"]) for row in _lines(LABELS) if "second" in row]


def kinds(folder: Path, part: Literal["train", "test"]) -> list[Sample]:
    """NLBSE'24: real issues of five repositories with the kind that their maintainers gave them."""
    names: dict[str, Kind] = {"bug": "bug", "feature": "request", "question": "question"}
    found: list[Sample] = []
    for number, row in enumerate(_table(folder / "nlbse24" / f"issues_{part}.csv")):
        title, body = _cleaned(row["title"], row["body"], "markdown")
        found.append(
            Sample(
                key=f"{part} {number}",
                title=title,
                body=body,
                side="none",
                origin="given",
                source="nlbse24",
                group=row["repo"],
                kind=names[row["label"]],
            )
        )
    return found


def given(path: Path) -> list[Sample]:
    """Labelled texts of an operator's own: JSON lines with title, side and optionally body, product and kind.

    Raises `DataError` with the file, the line and what is wrong.
    """
    found = []
    for number, row in enumerate(_lines(path), 1):
        side, title = str(row.get("side", row.get("label"))), row.get("title")
        if side not in SIDE_OF:
            raise DataError(f"{path}:{number}: side is {side!r}; it has to be developer, customer or none")
        if not isinstance(title, str) or not isinstance(row.get("body", ""), str):
            raise DataError(f"{path}:{number}: title and body have to be texts")
        kind = row.get("kind")
        if kind is not None and kind not in get_args(Kind):
            raise DataError(f"{path}:{number}: kind is {kind!r}; it has to be one of {', '.join(get_args(Kind))}")
        found.append(
            Sample(
                key=f"{path.name}:{number}",
                title=clean(title, "plain"),
                body=prose(clean(row.get("body", ""), "markdown")),
                side=SIDE_OF[side],
                origin="given",
                source=path.name,
                group=str(row.get("product") or f"{path.name}:{number}"),
                kind=kind,
            )
        )
    return found


@dataclass(slots=True)
class _Texts:
    """Titles and bodies of the public data sets by (data set, row), each set read when it is first asked for."""

    folder: Path
    _read: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def of(self, data: str, row: str) -> tuple[str, str, str]:
        if data not in self._read:
            self._read[data] = _READERS[data](self.folder)
        try:
            title, body = self._read[data][row]
        except KeyError:
            raise DataError(f"{LABELS.name} speaks of {data} {row}, which {self.folder / data} does not hold") from None
        return title, body, "wiki" if data in ("deepse_jira", "satd_jira500") else "markdown"


def raw_text(folder: Path, data: str, row: str, texts: dict[Path, Any] | None = None) -> tuple[str, str]:
    """Title and body as the data set has them, blanks at the ends off: what offsets in labels.jsonl count in."""
    kept = (texts if texts is not None else {}).setdefault(folder, _Texts(folder))
    title, body, _ = kept.of(data, row)
    return title.strip(), body.strip()


def _deepse(folder: Path) -> dict[str, tuple[str, str]]:
    return {
        row["issuekey"]: (row["title"], row["description"])
        for path in sorted((folder / "deepse_jira").glob("*.csv"))
        for row in _table(path)
    }


def _nlbse(folder: Path) -> dict[str, tuple[str, str]]:
    rows = [row for part in ("train", "test") for row in _table(folder / "nlbse24" / f"issues_{part}.csv")]
    return {str(number): (row["title"], row["body"]) for number, row in enumerate(rows)}


def _weak(folder: Path) -> dict[str, tuple[str, str]]:
    return {row["id"]: (row["title"], row["body"]) for row in _lines(folder / "friction_train" / "weak.jsonl")}


_RULE: Final = re.compile(r"\n?-{90,}\n")
_SECTION: Final = re.compile(r"(Summary|Description)\nTo last:.*\nAuthor:.*\n([\s\S]*)")


def _debts(folder: Path) -> dict[str, tuple[str, str]]:
    """Issues of Hadoop and Camel, each a text file of sections between rules."""
    found = {}
    with zipfile.ZipFile(folder / "satd_jira500" / "Analyzed_500_issues.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".txt"):
                sections: dict[str, str] = {}
                for section in _RULE.split(archive.read(name).decode("utf-8", "replace")):
                    if told := _SECTION.match(section):
                        sections.setdefault(told[1], told[2].strip())
                found[Path(name).stem] = (sections.get("Summary", ""), sections.get("Description", ""))
    return found


def _incivility(folder: Path) -> dict[str, tuple[str, str]]:
    titles = {row["issue_id"]: row["issue_title"] for row in _table(folder / "incivility" / "issue_threads.csv")}
    return {
        row["issue_id"]: (titles[row["issue_id"]], row["comment_body"])
        for row in _table(folder / "incivility" / "annotated_comment_level.csv")
        if row["comment_id"] == row["issue_id"] and row["issue_id"] in titles
    }


_READERS: Final = {
    "deepse_jira": _deepse,
    "nlbse24": _nlbse,
    "friction_train_weak": _weak,
    "satd_jira500": _debts,
    "incivility": _incivility,
}


def _table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 30)
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise DataError(f"{path}:{number}: no JSON ({error})") from error
            if not isinstance(row, dict):
                raise DataError(f"{path}:{number}: each line has to be a JSON object")
            found.append(row)
    return found


def _cleaned(title: object, body: object, markup: Any) -> tuple[str, str]:
    plain = "" if body in (None, "NULL") else str(body)
    return clean(str(title or ""), "plain"), prose(clean(plain, markup))
