"""What an issue is and whose: text becomes a verdict with its reasons, and the org chart says who hears of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlalchemy.orm import Session

from pipeline import escalating, teaching
from pipeline.classify import signals
from pipeline.issue import Issue, Text, Verdict
from pipeline.org import Org
from pipeline.store import issues, lessons, objections, work


class Classifier(Protocol):
    def classify(self, texts: Sequence[Text]) -> Sequence[Verdict]: ...


class Taught(Protocol):
    """A classifier with lessons. `keys` name the issues, so that none is taught by its own correction."""

    @property
    def name(self) -> str: ...
    def classify(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[Verdict]: ...
    def touches(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[bool]: ...


@runtime_checkable
class Teachable(Protocol):
    def recall(self, version: int, content: bytes) -> Taught: ...


class Router(Protocol):
    def leaf(self, issue: Issue) -> str | None: ...
    def hearers(self, issue: Issue) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of one issue at one text: its verdict, whose it is, and who hears of it."""

    row_id: int
    text_hash: str
    verdict: Verdict
    leaf: str | None
    heard_by: tuple[str, ...]
    versions: tuple[int, int] = (0, 0)
    """The lessons, live and in the shadow, that it was judged with."""
    shadow: str | None = None
    """The side that the lessons in the shadow give it."""


def classify(
    session: Session,
    ids: Sequence[int],
    *,
    classifier: Classifier,
    router: Router,
    org: Org,
    kinds: Mapping[str, str],
) -> list[Judged]:
    """Verdict and leaf of each issue. Only reads: it may take long. `keep_verdicts` saves the outcome."""
    rows = issues.to_classify(session, ids)
    texts = [teaching.text_of(issue, org, kinds) for _, _, issue in rows]
    keys = [teaching.key_of(issue) for _, _, issue in rows]
    numbers = lessons.numbers(session)
    verdicts, shadows = _taught(session, classifier, texts, keys)
    settled = issues.settled(session, ids)
    judged = []
    for n, (row_id, text_hash, issue) in enumerate(rows):
        verdict = _as_tagged(_with_what_withholds(verdicts[n], texts[n], issue), issue)
        before = settled.get(row_id)
        silent = not issue.title and not issue.body
        if before is not None and before[0] == text_hash and (silent or before[1].model != verdict.model):
            verdict = before[1]  # a closed period was made from it, or its text is gone: it learns nothing any more
        leaf, hearers = router.leaf(issue), router.hearers(issue)
        judged.append(Judged(row_id, text_hash, verdict, leaf, hearers, numbers, shadows.get(n)))
    return judged


def _taught(
    session: Session, classifier: Classifier, texts: Sequence[Text], keys: Sequence[str]
) -> tuple[Sequence[Verdict], dict[int, str]]:
    """The verdicts with the lessons that are live, and by number what those in the shadow say."""
    live, shadow = lessons.in_state(session, "live"), lessons.in_state(session, "shadow")
    if not isinstance(classifier, Teachable) or (live is None and shadow is None):
        return classifier.classify(texts), {}
    verdicts: Sequence[Verdict]
    if live is not None and live.content is not None:
        verdicts = classifier.recall(live.version, live.content).classify(texts, keys)
    else:
        verdicts = classifier.classify(texts)
    if shadow is None or shadow.content is None:
        return verdicts, {}
    tried = classifier.recall(shadow.version, shadow.content)
    like = [n for n, near in enumerate(tried.touches(texts, keys)) if near]
    said = tried.classify([texts[n] for n in like], [keys[n] for n in like])
    sides: dict[int, str] = {n: verdict.side for n, verdict in enumerate(verdicts)}
    return verdicts, sides | {n: verdict.side for n, verdict in zip(like, said, strict=True)}


def _with_what_withholds(verdict: Verdict, text: Text, issue: Issue) -> Verdict:
    """The verdict with what decides who may read the issue: that is looked for in all of it, not in its prose alone."""
    if text.body == issue.body:
        return verdict
    known = {signal.name for signal in verdict.signals}
    more = [one for one in signals.withheld(issue.title, issue.body) if one.name not in known]
    if not more:
        return verdict
    found = tuple(sorted((*verdict.signals, *more), key=lambda one: one.name))
    grave = f"severity 8: {more[0].name}, '{more[0].text}'"
    because = [grave if reason.startswith("severity ") else reason for reason in verdict.because]
    return replace(verdict, signals=found, severity=8, because=tuple(because))


def _as_tagged(verdict: Verdict, issue: Issue) -> Verdict:
    """The verdict with the severity that its source's own field gives, where one was mapped; the highest of several."""
    said = [int(tag.removeprefix("severity-")) for tag in issue.tags if tag.startswith("severity-")]
    if not said:
        return verdict
    because = (*verdict.because, f"severity {max(said)}: a tag of its source")
    return replace(verdict, severity=max(said), because=because)


def keep_verdicts(
    session: Session, judged: Sequence[Judged], org_hash: str, at: datetime, org: Org | None = None
) -> None:
    """Save verdicts of texts that are still the stored ones. A person's correction is kept apart and wins when read;
    where a person moved an issue, there it lies, as long as `org` has such a team.

    Those that were judged with lessons that are no longer the live ones are asked for again.
    """
    lessons.lock(session, shared=True)
    numbers = lessons.numbers(session)
    current = issues.hold(session, [one.row_id for one in judged])
    kept = [one for one in judged if current.get(one.row_id) == one.text_hash]
    moved = objections.leaves(session, [one.row_id for one in kept])
    if org is not None:
        moved = {row_id: leaf for row_id, leaf in moved.items() if leaf in org.teams}
    issues.save_verdicts(
        session,
        [(one.row_id, one.text_hash, one.verdict, moved.get(one.row_id, one.leaf), one.heard_by) for one in kept],
        org_hash,
        {one.row_id: (numbers[1], one.shadow) for one in kept if one.shadow is not None},
    )
    ask_for_verdicts(session, [one.row_id for one in kept if one.versions != numbers])
    escalating.judged(session, [one.row_id for one in kept], at)
    work.request(session, "assign", "all")


def ask_for_verdicts(session: Session, ids: Sequence[int]) -> None:
    for some in issues.chunks(ids):
        key = hashlib.blake2b(json.dumps(list(some)).encode(), digest_size=12).hexdigest()
        work.request(session, "classify", key, {"ids": list(some)})
