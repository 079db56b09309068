"""Texts that were read and put into pains by hand, and how well a grouping agrees with that.

The repository holds references and labels only (tests/pipeline/pains/groups.jsonl and its README); the texts lie beside
the checkout, in ../shared.
"""

import csv
import json
import random
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.pains import Candidate

ROOT = Path(__file__).parents[1]
GROUPS = ROOT / "tests" / "pipeline" / "pains" / "groups.jsonl"
LABELLED = ROOT.parent / "shared" / "data" / "labelled"
START = datetime(2026, 3, 2, tzinfo=UTC)
SPAN = timedelta(weeks=8)
"""The texts of a set are spread over so long: within it, an issue that founded nothing yet still may."""
LONGEST_FIELD = 10_000_000
_RULE = re.compile(r"^-{90,110}$", re.MULTILINE)
_STAMP = re.compile(r"\A(?:(?:To last|Author):[^\n]*\n?)*")
_PARTS = ("Summary", "Description")

Groups = Mapping[str, str | None]
"""The pain of each text by key; None is a text that belongs nowhere."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text. `group` is the pain that a reader put it into, None a single one."""

    key: str
    product: str
    title: str
    body: str
    group: str | None


def labelled(part: str) -> list[Labelled]:
    """The texts of "tune" or "held" in the file's order. Raises FileNotFoundError where ../shared is absent."""
    rows = [json.loads(line) for line in GROUPS.read_text().splitlines()]
    texts: dict[tuple[str, str], Mapping[str, tuple[str, str]]] = {}
    found = []
    for row in rows:
        if row["part"] != part:
            continue
        place = (row["set"], row["product"])
        if place not in texts:
            texts[place] = _READERS[row["set"]](row["product"])
        title, body = texts[place][row["row"]]
        found.append(Labelled(f"{row['product']}:{row['row']}", row["product"], title, body, row["group"]))
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """Two texts that some registry joined in a whole product. `right` is what the reader said, None where unsure;
    `drawn` says which registry, over which products (tests/pipeline/pains/README.md)."""

    product: str
    pair: frozenset[str]
    right: bool | None
    drawn: str


def judged() -> list[Judged]:
    """The pairs of the part "natural"."""
    rows = [json.loads(line) for line in GROUPS.read_text().splitlines()]
    return [
        Judged(
            row["product"],
            frozenset(f"{row['product']}:{row[end]}" for end in ("row", "other")),
            row["right"],
            row["drawn"],
        )
        for row in rows
        if row["part"] == "natural"
    ]


def questions(seed: int, intents: int = 15, each: int = 12) -> list[Labelled]:
    """Short questions of a bank's customers; the published intent is the pain (banking77, the easy part)."""
    rows = [(row["text"], row["category"]) for row in _rows(LABELLED / "banking77" / "test.csv")]
    rng = random.Random(seed)
    drawn = [
        (text, intent)
        for intent in rng.sample(sorted({intent for _, intent in rows}), intents)
        for text, _ in rng.sample([row for row in rows if row[1] == intent], each)
    ]
    return [Labelled(f"bank:{n}", f"bank-{seed}", text, "", intent) for n, (text, intent) in enumerate(drawn)]


def candidates(texts: Sequence[Labelled], seed: int, *, span: timedelta = SPAN) -> list[Candidate]:
    """The texts as issues of one author each, their dates drawn by `seed`; the product is the leaf that owns them."""
    places = list(range(len(texts)))
    random.Random(seed).shuffle(places)
    return [
        Candidate(
            key=text.key,
            created_at=START + span * place / len(texts),
            author=f"author of {text.key}",
            side="customer",
            severity=2,
            title=text.title,
            body=text.body,
            leaf=text.product,
        )
        for text, place in zip(texts, places, strict=True)
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(min(LONGEST_FIELD, sys.maxsize))
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def _jira(product: str) -> dict[str, tuple[str, str]]:
    rows = _rows(LABELLED / "deepse_jira" / f"{product}.csv")
    return {row["issuekey"]: (row["title"], _said(row["description"])) for row in rows}


def _said(body: str | None) -> str:
    """A body; what the data sets write where there is none is no word of anybody."""
    return "" if body is None or body.strip() in ("NULL", "None") else body


def _github(product: str) -> dict[str, tuple[str, str]]:
    return {
        f"{part}:{n}": (row["title"], row["body"])
        for part in ("train", "test")
        for n, row in enumerate(_rows(LABELLED / "nlbse24" / f"issues_{part}.csv"))
        if row["repo"].endswith(f"/{product}")
    }


def _android(_product: str) -> dict[str, tuple[str, str]]:
    with (LABELLED / "aosp_issues" / "issues.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        return {row[0]: (row[1], "") for row in csv.reader(file) if len(row) > 1}


def _apache(product: str) -> dict[str, tuple[str, str]]:
    """Issues that were exported with their whole history; the first summary and description are what was written."""
    found = {}
    with zipfile.ZipFile(LABELLED / "satd_jira500" / "Analyzed_500_issues.zip") as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(f"{product}_250_issues/") and name.endswith(".txt"):
                parts = _RULE.split(archive.read(name).decode(errors="replace"))
                title, body = (next((told for part in parts if (told := _part(part, n))), "") for n in _PARTS)
                found[Path(name).stem] = (title, _said(body))
    return found


def _part(text: str, name: str) -> str:
    """What stands below the heading and the lines that say when and by whom."""
    heading, _, rest = text.strip().partition("\n")
    return _STAMP.sub("", rest).strip() if heading.strip() == name else ""


_READERS = {"deepse_jira": _jira, "nlbse24": _github, "aosp_issues": _android, "satd_jira500": _apache}


def everything(source: str, product: str) -> list[Labelled]:
    """Every text of a product, unlabelled, in the order of the rows."""
    return [
        Labelled(f"{product}:{row}", product, title, body, None)
        for row, (title, body) in _READERS[source](product).items()
    ]


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of a grouping with the readers', as sums that can be added up over products.

    Pairs: of texts put together (`found`), of texts that belong together (`true`), of both (`right`). B-cubed
    (Amigó et al., "A comparison of extrinsic clustering evaluation metrics", 2009): sums over the `texts`.
    """

    right: int = 0
    found: int = 0
    true: int = 0
    precise: float = 0.0
    complete: float = 0.0
    texts: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.right + other.right,
            self.found + other.found,
            self.true + other.true,
            self.precise + other.precise,
            self.complete + other.complete,
            self.texts + other.texts,
        )

    @property
    def pair_precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def pair_recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def b_precision(self) -> float:
        return self.precise / self.texts

    @property
    def b_recall(self) -> float:
        return self.complete / self.texts

    @property
    def b_cubed(self) -> float:
        return 2 * self.b_precision * self.b_recall / (self.b_precision + self.b_recall)


def score(gold: Groups, found: Groups) -> Score:
    """How well `found` agrees with `gold`, over the keys of `gold`."""
    truth, put = _alone(gold, gold), _alone(gold, found)
    both = Counter((truth[key], put[key]) for key in gold)
    of_truth, of_put = Counter(truth.values()), Counter(put.values())
    return Score(
        right=sum(_pairs(n) for n in both.values()),
        found=sum(_pairs(n) for n in of_put.values()),
        true=sum(_pairs(n) for n in of_truth.values()),
        precise=sum(n * n / of_put[cell[1]] for cell, n in both.items()),
        complete=sum(n * n / of_truth[cell[0]] for cell, n in both.items()),
        texts=len(gold),
    )


def by_product(texts: Iterable[Labelled], found: Groups) -> dict[str, Score]:
    """Pairs across products are no pairs: a pain that reaches over two products is caught by `strangers`."""
    gold: dict[str, dict[str, str | None]] = defaultdict(dict)
    for text in texts:
        gold[text.product][text.key] = text.group
    return {product: score(told, found) for product, told in sorted(gold.items())}


def strangers(found: Groups) -> int:
    """Pairs of texts of two products in one pain: wrong by construction."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for key, pain in found.items():
        if pain is not None:
            members[pain][key.partition(":")[0]] += 1
    return sum(_pairs(sum(n.values())) - sum(_pairs(each) for each in n.values()) for n in members.values())


def adjusted_rand(one: Groups, other: Groups) -> float:
    """L. Hubert, P. Arabie, "Comparing partitions" (1985); whoever belongs nowhere is a group of one."""
    a, b = _alone(one, one), _alone(one, other)
    both = sum(_pairs(n) for n in Counter((a[key], b[key]) for key in one).values())
    of_a, of_b = (sum(_pairs(n) for n in Counter(side.values()).values()) for side in (a, b))
    every = _pairs(len(one))
    expected = of_a * of_b / every if every else 0.0
    most = (of_a + of_b) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def interval(scores: Sequence[Score], measure: str, rounds: int = 1000) -> tuple[float, float]:
    """The middle 95% of a measure over products drawn again with replacement."""
    rng = random.Random(4)
    drawn = sorted(getattr(sum(rng.choices(scores, k=len(scores)), start=Score()), measure) for _ in range(rounds))
    return drawn[int(0.025 * rounds)], drawn[int(0.975 * rounds)]


def _alone(keys: Iterable[str], groups: Groups) -> dict[str, str]:
    return {key: groups.get(key) or f"alone {key}" for key in keys}


def _pairs(n: int) -> int:
    return n * (n - 1) // 2
