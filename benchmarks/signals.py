"""`python -m benchmarks.signals`: how often a signal that words show is right, and how many of them are found.

Each labelled text is cleaned and read as an issue is. A signal is right where a person who read the text named the same
signal; where both point at the same words is told beside it. Learning and evaluation are apart: wordings were only ever
fitted to the first. Signals that the labels do not name (thanks, security, HR, legal) are not measured.
"""

import argparse
import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

from pipeline.classify import signals
from pipeline.clean import Markup, clean

HERE = Path(__file__).parents[1]
UNLABELLED = frozenset({"thanks", *signals.WITHHELD})
"""Signals of ours that nobody was asked to label."""
APART = "frustration"
"""A facet of its own in the labels, from 0 to 2; any above 0 counts. Not part of the total."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text as it came, and the signals that a reader named, each with the words that show it."""

    part: str
    title: str
    body: str
    markup: Markup
    named: Mapping[str, str]


@dataclass(slots=True)
class Score:
    """Counts of texts by signal."""

    texts: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    same_words: Counter[str] = field(default_factory=Counter)

    def add(self, text: Labelled) -> None:
        self.texts += 1
        title, body = clean(text.title, "plain"), clean(text.body, text.markup)
        found = {s.name: s.text for s in signals.find(title, body) if s.name not in UNLABELLED}
        for name in found.keys() & text.named.keys():
            self.right[name] += 1
            self.same_words[name] += overlap(found[name], text.named[name])
        self.wrong.update(found.keys() - text.named.keys())
        self.missed.update(text.named.keys() - found.keys())

    def names(self) -> list[str]:
        return sorted({*self.right, *self.wrong, *self.missed})

    def line(self, names: Sequence[str], title: str) -> str:
        right, wrong, missed, same = (
            sum(c[n] for n in names) for c in (self.right, self.wrong, self.missed, self.same_words)
        )
        low, high = interval(right, right + wrong)
        precision = f"{right / (right + wrong):.2f} ({low:.2f} to {high:.2f})" if right + wrong else "none found"
        recall = f"{right / (right + missed):.2f}" if right + missed else "none labelled"
        return f"{title:22} {right:5} {wrong:5} {missed:6}  {precision:21} {recall:13} {same:5}"


def overlap(one: str, other: str) -> bool:
    """Whether two quotations have half of the shorter one's words in common."""
    first, second = (set(re.findall(r"\w+", text.lower())) for text in (one, other))
    return len(first & second) * 2 >= max(1, min(len(first), len(second)))


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return middle - half, middle + half


def score(texts: Iterable[Labelled]) -> dict[str, Score]:
    """The counts of each part."""
    found: dict[str, Score] = {}
    for text in texts:
        found.setdefault(text.part, Score()).add(text)
    return found


def table(part: str, counts: Score) -> str:
    total = [name for name in counts.names() if name != APART]
    lines = [counts.line([name], name) for name in total]
    head = f"{'signal':22} right wrong missed  precision (95%)       recall        same words"
    ends = [counts.line(total, "all of these"), counts.line([APART], f"{APART} (any)")]
    return "\n".join([f"{part}: {counts.texts} texts", head, *lines, *ends])


def labelled(labels: Path, data: Path) -> Iterator[Labelled]:
    """The labelled texts, looked up where they are kept. Raises ValueError where the labels name no signals."""
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not any(row.get("signals") for row in rows):
        raise ValueError(f"{labels} names no signals")
    texts = raw_texts(data)
    for row in rows:
        title, body, markup = texts[row["data"], row["row"]]
        named: dict[str, str] = {}
        for name, where, start, end in row["signals"]:
            named.setdefault(name, (title if where == "title" else body)[start:end])
        if row["frustration"]:
            named[APART] = ""
        yield Labelled(row["part"], title, body, markup, named)


Raw = dict[tuple[str, str], tuple[str, str, Markup]]


def raw_texts(data: Path) -> Raw:
    """Title, body and markup by data set and row, as the labels point at them: only the ends are trimmed."""
    csv.field_size_limit(1 << 30)
    found: Raw = {}

    def add(name: str, row: object, title: str | None, body: str | None, markup: Markup) -> None:
        found[name, str(row)] = ((title or "").strip(), "" if body in (None, "NULL") else str(body).strip(), markup)

    for path in sorted((data / "deepse_jira").glob("*.csv")):
        for row in _csv(path):
            add("deepse_jira", row["issuekey"], row["title"], row["description"], "wiki")
    issues = [row for part in ("train", "test") for row in _csv(data / "nlbse24" / f"issues_{part}.csv")]
    for number, row in enumerate(issues):
        add("nlbse24", number, row["title"], row["body"], "markdown")
    for key, summary, description in _debt(data / "satd_jira500" / "Analyzed_500_issues.zip"):
        add("satd_jira500", key, summary, description, "wiki")
    titles = {row["issue_id"]: row for row in _csv(data / "incivility" / "issue_threads.csv")}
    for row in _csv(data / "incivility" / "annotated_comment_level.csv"):
        issue = row["issue_id"]
        if issue in titles and row["comment_id"] == issue and ("incivility", issue) not in found:
            add("incivility", issue, titles[issue]["issue_title"], row["comment_body"], "markdown")
    for line in (data / "friction_train" / "weak.jsonl").read_text(encoding="utf-8").splitlines():
        weak = json.loads(line)
        add("friction_train_weak", weak["id"], weak["title"], weak["body"], "plain")
    return found


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        return list(csv.DictReader(file))


_SECTION = re.compile(r"(Summary|Description)\nTo last:.*\nAuthor:.*\n([\s\S]*)")


def _debt(path: Path) -> Iterator[tuple[str, str, str]]:
    with zipfile.ZipFile(path) as archive:
        for name in sorted(n for n in archive.namelist() if n.endswith(".txt")):
            text = archive.read(name).decode("utf-8", "replace")
            parts: dict[str, str] = {}
            for section in re.split(r"\n?-{90,}\n", text):
                if (hit := _SECTION.match(section)) is not None:
                    parts.setdefault(hit[1], hit[2].strip())
            if "Summary" in parts:
                yield Path(name).stem, parts["Summary"], parts.get("Description", "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signals", description=__doc__)
    parser.add_argument("--labels", type=Path, default=HERE / "pipeline" / "classify" / "labels.jsonl")
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data" / "labelled")
    parser.add_argument("--part", choices=("learning", "evaluation"), help="only this part")
    options = parser.parse_args()
    texts = labelled(options.labels, options.data)
    if options.part:
        texts = (text for text in texts if text.part == options.part)
    for part, counts in sorted(score(texts).items(), reverse=True):
        print(table(part, counts), end="\n\n")


if __name__ == "__main__":
    main()
