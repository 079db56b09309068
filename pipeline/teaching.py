"""What people say becomes what the classifier knows: corrections, their lessons, and the versions of these.

    said_there  labels of a source that name a side are its people's corrections
    draw        the corrections become lessons; those that would do harm wait
    keep        the lessons are a numbered version: live where the check passed, else tried in the shadow
    spread      open issues that are like what changed are judged again; those of closed periods never
    go_back     an operator takes versions back, or lets through what waits

Steps like those of `pipeline.steps`: they load, decide with pure functions, and save, in the session they are given.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from pipeline import classify
from pipeline.classify import signals
from pipeline.classify.taught import Choice, Correction, Harm, Lesson, dump, load
from pipeline.issue import SIDES, Issue, Text, Verdict
from pipeline.org import Org
from pipeline.prose import prose
from pipeline.store import corrections, issues, registry, work
from pipeline.store import lessons as versions
from pipeline.store.corrections import LABEL
from pipeline.store.lessons import Version

if TYPE_CHECKING:  # numpy, for who draws lessons
    from pipeline.classify.features import Floats
    from pipeline.classify.lessons import Memory

TOLD = 20
"""Issues that a version names among those that it changed."""


class Tried(Protocol):
    """A classifier with lessons."""

    @property
    def memory(self) -> "Memory": ...
    def classify(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[Verdict]: ...
    def touches(self, texts: Sequence[Text], keys: Sequence[str]) -> Sequence[bool]: ...


@runtime_checkable
class Teacher(Protocol):
    """A classifier that can be taught."""

    @property
    def name(self) -> str: ...
    def odds(self, texts: Sequence[Text]) -> "Floats": ...
    def taught(self, version: int, lessons: Sequence[Lesson]) -> Tried: ...


def text_of(issue: Issue, org: Org, kinds: Mapping[str, str]) -> Text:
    """What the classifier sees of an issue. Who belongs to the organisation is staff, whatever the source says."""
    return Text(
        title=issue.title,
        body=prose(issue.body),
        product=issue.project,
        labels=issue.labels,
        source_kind=kinds.get(issue.source),
        author_role="staff" if org.member(issue.source, issue.author) else issue.author_role,
    )


def key_of(issue: Issue) -> str:
    return f"{issue.source}:{issue.external_id}"


# --- corrections by the source's own labels


def said_there(session: Session, source: str, changed: Sequence[Issue], marks: Mapping[str, Sequence[str]]) -> None:
    """Labels that name a side, put on or taken off where the issue lives, are corrections by the source's people.

    `marks` are the source's words for each side. Two sides at once say nothing.
    """
    before = corrections.said_by_labels(session, source, [issue.external_id for issue in changed])
    fresh = False
    for issue in changed:
        named = [side for side in SIDES if side in issue.tags]
        side = named[0] if len(named) == 1 else None
        last = before.get(issue.external_id)
        if side == (last.new if last else None):
            continue
        label = _label(issue, marks.get(side or "", ()))
        by = f"label '{label}' in {source}" if label else f"a label in {source}"
        at = _labelled(issue, label)
        evidence = {"label": label}
        corrections.correct(session, (source, issue.external_id), side, by, at, how=LABEL, evidence=evidence)
        fresh = True
    names = [issue.external_id for issue in changed]
    if fresh or any(corrections.any_of(session, source, some) for some in issues.chunks(names)):
        ask(session)


def _label(issue: Issue, marks: Sequence[str]) -> str | None:
    wanted = {mark.casefold() for mark in marks}
    worn = (*issue.labels, issue.priority, issue.kind, issue.group)
    return next((mark for mark in worn if mark and mark.casefold() in wanted), None)


def _labelled(issue: Issue, label: str | None) -> datetime:
    """When somebody put the label there, as far as the source tells."""
    labelled = [event for event in issue.history if event.what == "labelled" and event.after and label]
    told = [event.at for event in labelled if (event.after or "").casefold() == (label or "").casefold()]
    return max(told, default=issue.updated_at)


def ask(session: Session) -> None:
    """Have lessons drawn from the corrections, and pains grouped by them."""
    work.request(session, "teach", "all")
    work.request(session, "assign", "all")


# --- from corrections to lessons


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the corrections teach as they are now."""

    choice: Choice
    live: int
    """The version that it was compared with."""


def draw(session: Session, judge: Teacher, org: Org, kinds: Mapping[str, str]) -> Drawn:
    """Draw lessons from what people's corrections are now. Only reads: it may take long."""
    live = versions.in_state(session, "live")
    about = live.about if live else {}
    taught = _said(session, org, kinds)
    choice = classify.choose(taught, judge, allowed=about.get("allowed", ()), refused=about.get("refused", ()))
    return Drawn(choice, live.version if live else 0)


def labelled(session: Session, org: Org, kinds: Mapping[str, str]) -> list[Lesson]:
    """What people said of issues, to be compared with: those that must not be named have no name."""
    return [classify.lesson(one) for one in _said(session, org, kinds)]


def _said(session: Session, org: Org, kinds: Mapping[str, str]) -> list[Correction]:
    """People's word on each issue as it is now, with its text; what was forgotten teaches nothing any more."""
    said = corrections.standing(corrections.events(session))
    return [
        Correction(
            key=key_of(issue),
            side=said[issue.source, issue.external_id].new,  # type: ignore[arg-type]
            text=text_of(issue, org, kinds),
            at=said[issue.source, issue.external_id].at,
            shown=_may_be_named(issue),
        )
        for issue in issues.by_keys(session, list(said))
        if issue.title or issue.body
    ]


def _may_be_named(issue: Issue) -> bool:
    """Whether verdicts of other issues may name this one."""
    return not registry.hidden(issue.tags, [signal.name for signal in signals.find(issue.title, issue.body)])


def keep(session: Session, drawn: Drawn, at: datetime) -> None:
    """Make a version of what was drawn: live at once what does no harm, in the shadow what would.

    Nothing new makes no version. What an operator decided about the live version goes on.
    """
    versions.lock(session)
    live, shadow = versions.in_state(session, "live"), versions.in_state(session, "shadow")
    if (live.version if live else 0) != drawn.live:  # an operator changed it meanwhile: draw again
        work.request(session, "teach", "all")
        return
    choice = drawn.choice
    decided = {name: list(live.about.get(name, ())) if live else [] for name in ("allowed", "refused")}
    if dump(choice.lessons) != (live.content if live and live.content else dump(())):
        number = versions.add(session, "shadow", dump(choice.lessons), _about(drawn) | decided, at)
        _make_live(session, number, live.version if live else 0)
    trial = (*choice.lessons, *(one for one in choice.waiting if one.key not in decided["refused"]))
    wanted = dump(trial) if len(trial) > len(choice.lessons) else None
    if shadow is not None and shadow.content != wanted:
        versions.change(session, shadow.version, state="dropped", content=None, spread=True)
    if wanted is not None and (shadow is None or shadow.content != wanted):
        about = _about(drawn) | decided | {"harms": [_harm(one) for one in choice.harms]}
        versions.add(session, "shadow", wanted, about, at)


def _about(drawn: Drawn) -> dict[str, Any]:
    choice = drawn.choice
    return {
        "corrections": len(choice.lessons) + len(choice.waiting),
        "contradicting": choice.contradicting,
        "lessons": len(choice.lessons),
        "checked": choice.checked,
        "right_before": choice.right_before,
        "right_after": choice.right_after,
        "harms": [],
    }


def _harm(harm: Harm) -> dict[str, str]:
    return {"lesson": harm.lesson, "said": str(harm)}


def _make_live(session: Session, number: int, since: int) -> None:
    """`since` is the version whose lessons the open issues were last judged by."""
    live = versions.in_state(session, "live")
    if live is not None:
        since = live.version if live.spread else int(live.about.get("since", 0))
        versions.change(session, live.version, state="kept", spread=True)
    chosen = next(one for one in versions.versions(session) if one.version == number)
    versions.change(session, number, state="live", spread=False, about={**chosen.about, "since": since})
    versions.drop_old(session)


# --- what follows from a new version


@dataclass(frozen=True, slots=True)
class Spread:
    """Open issues that are like what changed, to be judged again, and what that will change."""

    live: int
    shadow: int
    ids: tuple[int, ...]
    like: int
    """How many are like what is live now; the others are like what is tried in the shadow."""
    changed: tuple[tuple[str, str, str], ...]
    """(issue, side before, side now)."""


def spread(session: Session, classifier: Teacher, org: Org, kinds: Mapping[str, str]) -> Spread | None:
    """Which open issues a version that was not spread yet concerns; None where there is none. Only reads.

    An issue of a closed period keeps its verdict: the period's digests were made from it.
    """
    every = {one.version: one for one in versions.versions(session)}
    live = next((one for one in every.values() if one.state == "live"), None)
    shadow = next((one for one in every.values() if one.state == "shadow"), None)
    if not any(one is not None and not one.spread for one in (live, shadow)):
        return None
    mine = _lessons(live)
    news: set[Lesson] = set()
    if live is not None and not live.spread:
        news = set(mine) ^ set(_lessons(every.get(int(live.about.get("since", 0)))))
    tried = set(mine) ^ set(_lessons(shadow)) if shadow is not None and not shadow.spread else set()
    finders = [classifier.taught(0, tuple(some)) for some in (news, tried)]
    judge = classifier.taught(live.version if live else 0, mine)
    ids: list[int] = []
    like, changed = 0, []
    for rows in issues.unsettled(session):
        texts = [text_of(issue, org, kinds) for _, _, issue, _ in rows]
        keys = [key_of(issue) for _, _, issue, _ in rows]
        near, beside = (finder.touches(texts, keys) for finder in finders)
        ids += [row[0] for n, row in enumerate(rows) if near[n] or beside[n]]
        mine_now = [n for n, is_near in enumerate(near) if is_near]
        like += len(mine_now)
        verdicts = judge.classify([texts[n] for n in mine_now], [keys[n] for n in mine_now])
        for n, verdict in zip(mine_now, verdicts, strict=True):
            if verdict.side != rows[n][3]:
                changed.append((keys[n], rows[n][3], verdict.side))
    number = live.version if live else 0
    return Spread(number, shadow.version if shadow else 0, tuple(ids), like, tuple(sorted(changed)))


def _lessons(version: Version | None) -> tuple[Lesson, ...]:
    return load(version.content) if version is not None and version.content is not None else ()


def told(session: Session, found: Spread) -> Sequence[int]:
    """Write down what a version changes; the ids to ask verdicts for, none where another version came meanwhile."""
    versions.lock(session)
    if versions.numbers(session) != (found.live, found.shadow):
        work.request(session, "teach", "all")
        return ()
    for one in versions.versions(session):
        if one.version in (found.live, found.shadow) and not one.spread:
            about = dict(one.about)
            if one.version == found.live:
                about |= {"like": found.like, "changed": len(found.changed)}
                about["changes"] = [list(row) for row in found.changed[:TOLD]]
            versions.change(session, one.version, spread=True, about=about)
    return found.ids


# --- what operators decide


class NoSuchVersion(Exception):
    """There is no such version to make live; the message says which there are."""


def go_back(session: Session, to: int | None = None) -> int:
    """Make an earlier version live again, 0 for none at all; by default the one before. Returns its number.

    What the versions after it had learned is not learned again by itself.
    """
    versions.lock(session)
    live = versions.in_state(session, "live")
    kept = [one.version for one in versions.versions(session) if one.state == "kept" and one.content is not None]
    if live is None:
        raise NoSuchVersion("nothing was learned yet: there is no version to take back")
    target = to if to is not None else max((n for n in kept if n < live.version), default=0)
    if target != 0 and target not in kept:
        raise NoSuchVersion(f"version {target} is not kept; there are {_named([*kept, 0])}")
    before = next((one for one in versions.versions(session) if one.version == target), None)
    older = {one.key for one in _lessons(before)}
    refused = {*live.about.get("refused", ()), *(one.key for one in _lessons(live) if one.key not in older)}
    if before is None:
        about = {**live.about, "lessons": 0, "harms": []}
        target = versions.add(session, "shadow", dump(()), about, live.at)
    _decide(session, target, refused=refused)
    return target


def go_live(session: Session, version: int) -> None:
    """Make a version live whatever its check said; what it had learned is learned again from now on."""
    versions.lock(session)
    found = [one for one in versions.versions(session) if one.content is not None and one.state in ("kept", "shadow")]
    chosen = next((one for one in found if one.version == version), None)
    if chosen is None:
        raise NoSuchVersion(f"version {version} cannot be made live; there are {_named([v.version for v in found])}")
    mine = {one.key for one in _lessons(chosen)}
    live = versions.in_state(session, "live")
    refused = set(live.about.get("refused", ()) if live else ()) - mine
    harmful = {harm["lesson"] for harm in chosen.about.get("harms", ())}
    _decide(session, version, refused=refused, allowed={*chosen.about.get("allowed", ()), *harmful})


def _decide(session: Session, version: int, *, refused: Collection[str], allowed: Collection[str] = ()) -> None:
    chosen = next(one for one in versions.versions(session) if one.version == version)
    decided = {"refused": sorted(refused), "allowed": sorted({*chosen.about.get("allowed", ()), *allowed} - {*refused})}
    versions.change(session, version, about={**chosen.about, **decided})
    _make_live(session, version, 0)
    ask(session)


def _named(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in sorted(set(numbers))) or "none"
