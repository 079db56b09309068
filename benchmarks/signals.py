"""`python -m benchmarks.signals`: how often a signal that words show is right, and how many of them are found.

Each labelled text is cleaned and read as an issue is: its prose. A signal is right where a reader of the text named the
same signal; where both point at the same words is told beside it. Texts of the evaluation part were read twice, each
reader blind to the other: there a signal is right that either named, and recall is of those that the first named.
Learning and evaluation are told apart, but both were looked at while wordings were mended: neither tells how they do
on texts that nobody looked at. Signals that the labels do not name (thanks, security, HR, legal) are not measured.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

from pipeline.classify import signals
from pipeline.classify.training.data import raw_text
from pipeline.clean import Markup, clean
from pipeline.prose import prose

HERE = Path(__file__).parents[1]
UNLABELLED = frozenset({"thanks", *signals.WITHHELD})
"""Signals of ours that nobody was asked to label."""
APART = "frustration"
"""A facet of its own in the labels, from 0 to 2; any above 0 counts. Not part of the total."""
WIKI = frozenset({"deepse_jira", "satd_jira500"})
"""Data sets whose bodies are in Jira's markup."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text as it came, and the signals that its readers named, each with the words that show it.

    `second` holds those of the second reader, where there was one.
    """

    part: str
    title: str
    body: str
    markup: Markup
    named: Mapping[str, str]
    second: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Score:
    """Counts of texts by signal. `first` are the right ones that the first reader named."""

    texts: int = 0
    right: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    same_words: Counter[str] = field(default_factory=Counter)

    def add(self, text: Labelled) -> None:
        self.texts += 1
        title, body = clean(text.title, "plain"), prose(clean(text.body, text.markup))
        found = {s.name: s.text for s in signals.find(title, body) if s.name not in UNLABELLED}
        either = {**text.second, **text.named}
        for name in found.keys() & either.keys():
            self.right[name] += 1
            self.first[name] += name in text.named
            self.same_words[name] += overlap(found[name], either[name])
        self.wrong.update(found.keys() - either.keys())
        self.missed.update(text.named.keys() - found.keys())

    def names(self) -> list[str]:
        return sorted({*self.right, *self.wrong, *self.missed})

    def line(self, names: Sequence[str], title: str) -> str:
        right, first, wrong, missed, same = (
            sum(c[n] for n in names) for c in (self.right, self.first, self.wrong, self.missed, self.same_words)
        )
        low, high = interval(right, right + wrong)
        precision = f"{right / (right + wrong):.2f} ({low:.2f} to {high:.2f})" if right + wrong else "none found"
        recall = f"{first / (first + missed):.2f}" if first + missed else "none labelled"
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
    texts: dict[Path, Any] = {}
    for row in rows:
        title, body = raw_text(data, row["data"], row["row"], texts)
        named, second = (_named(reading, title, body) for reading in (row, row.get("second", {})))
        yield Labelled(row["part"], title, body, "wiki" if row["data"] in WIKI else "markdown", named, second)


def _named(reading: Mapping[str, Any], title: str, body: str) -> dict[str, str]:
    """Each signal of one reading with the words that show it."""
    named: dict[str, str] = {}
    for name, where, start, end in reading.get("signals", ()):
        named.setdefault(name, (title if where == "title" else body)[start:end])
    if reading.get("frustration"):
        named[APART] = ""
    return named


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
