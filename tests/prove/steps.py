"""The named steps at which a process can die, listed from the application's own code.

Each `with ... transaction()` of the engine and of the answer page is a site, numbered within its function; a process
can die just before its commit and just after it. Reads have one step, after them. The dialogue with the mail server is
listed from the commands of `connectors.smtp`. A step added to the code is a step here, and a quiet run has to meet it.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "workers" / "engine.py"
ANSWERING = ROOT / "workers" / "web" / "answering.py"
SMTP = ROOT / "connectors" / "smtp.py"
ALONE = ("tick", "sweep", "hint", "take_over", "drain", "ask")
"""What the engine does outside of any row."""
IDLE = frozenset({"tick", "sweep", "drain", "ask", "take_over"})
"""Of these, what happens all the time whether or not there is work."""


@dataclass(frozen=True, slots=True)
class Site:
    """One `with` block: where it stands, and whether it writes."""

    file: str
    function: str
    number: int
    first: int
    last: int
    writes: bool
    fault: bool
    """Reached only when a source or a mail server misbehaves, or something was raised."""

    def steps(self, of: str) -> list[str]:
        name = f"{of}: {self.function}#{self.number}"
        return [f"{name} before commit", f"{name} after commit"] if self.writes else [f"{name} read"]


@cache
def sites(file: Path) -> tuple[Site, ...]:
    """Every block that opens a transaction, in the order of the file."""
    found: list[Site] = []
    tree = ast.parse(file.read_text("utf-8"))
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        if function.name == "transaction":
            continue
        inner = {node for part in ast.walk(function) if isinstance(part, ast.ExceptHandler) for node in ast.walk(part)}
        nested = [n for n in ast.walk(function) if isinstance(n, ast.FunctionDef) and n is not function]
        others = {node for one in nested for node in ast.walk(one)}
        blocks = [n for n in ast.walk(function) if isinstance(n, ast.With) and n not in others]
        number = 0
        for block in sorted(blocks, key=lambda n: n.lineno):
            call = block.items[0].context_expr
            opens = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
            if opens not in ("transaction", "reading"):
                continue
            number += 1
            last = max(item.context_expr.end_lineno or block.lineno for item in block.items)
            writes = opens == "transaction"
            fault = block in inner or function.name.endswith("_failed")
            found.append(Site(str(file), function.name, number, block.lineno, last, writes, fault))
    return tuple(found)


def kinds() -> tuple[str, ...]:
    """The kinds of work rows: every method of the engine that takes a job and is called for its kind."""
    from workers.engine import KINDS

    return KINDS


@cache
def _calls() -> dict[str, set[str]]:
    """Method of the engine to the methods that it calls."""
    tree = ast.parse(ENGINE.read_text("utf-8"))
    engine = next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Engine")
    methods = {n.name: n for n in engine.body if isinstance(n, ast.FunctionDef)}
    return {
        name: {a.attr for a in ast.walk(node) if isinstance(a, ast.Attribute) and _is_own(a) and a.attr in methods}
        - {"transaction"}
        for name, node in methods.items()
    }


def _is_own(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id == "self"


def _reached(start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _calls().get(name, ())
    return found


def verbs() -> list[str]:
    """The commands before the content of a mail, as the mail seam asks them."""
    tree = ast.parse(SMTP.read_text("utf-8"))
    hand_over = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_hand_over")
    asked = [n for n in ast.walk(hand_over) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "_ask"]
    return [n.args[1].value for n in sorted(asked, key=lambda n: n.lineno) if isinstance(n.args[1], ast.Constant)]


HALF, UNREAD, TAKEN = "smtp: half of the content", "smtp: the dot, its answer unread", "smtp: after its 250"


def smtp() -> list[str]:
    return [
        "smtp: before connecting",
        "smtp: connected",
        *(f"smtp: after {verb}" for verb in verbs()),
        HALF,
        UNREAD,
        TAKEN,
    ]


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    kind: str
    fault: bool = False


def every() -> list[Step]:
    """All of them, in the order of the engine's kinds."""
    found: list[Step] = []
    engine = sites(ENGINE)
    for kind in kinds():
        found += [Step(name, kind) for site in engine if site.function == "perform" for name in site.steps(kind)]
        reached = _reached(f"_{kind}") | {"_failed"}
        for site in engine:
            if site.function in reached and site.function not in ALONE:
                found += [Step(name, kind, site.fault) for name in site.steps(kind)]
        if kind == "deliver":
            found += [Step(name, kind) for name in smtp()]
    for name in ALONE:
        found += [Step(s, name) for site in engine if site.function == name for s in site.steps(name)]
    found += [Step(name, "web", site.fault) for site in sites(ANSWERING) for name in site.steps("web")]
    return found


NOT_HERE = {
    "forget": "asked for by a person; its walk dies at every transaction in tests/workers/test_forget",
    "inbox": "needs an IMAP server; killed in tests/workers",
    "note": "follows a mail that came back; killed in tests/workers",
    "propose": "needs a language model; nothing depends on it",
}
"""Kinds that this load does not have, each with its reason."""
SELDOM = {
    "pull: _pull#1": "a source that was taken out of sources.yaml while its row waited",
    "classify: _classify#1": "a batch whose worker died is halved: no quiet run has one",
    "teach: _teach#1": "a classifier that cannot be taught",
    "post: _post#2": "an answer that may no longer be posted",
}
"""Sites that a quiet run does not reach, each with its reason."""


def required(database: str) -> list[Step]:
    """The steps that a quiet run has to meet, with workers on PostgreSQL or with `run` on SQLite."""
    absent = ("sweep", "canary") if database == "sqlite" else ("take_over", "drain", "ask")  # no broker there
    return [
        step
        for step in every()
        if step.kind not in NOT_HERE
        and step.kind not in absent
        and not step.fault
        and not any(step.name.startswith(f"{site} ") for site in SELDOM)
    ]
