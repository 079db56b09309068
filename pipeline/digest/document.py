"""The document model of one leader's digest. Text and HTML are rendered from it and from nothing else."""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from pipeline.digest.words import Level
from pipeline.issue import Period

WITHDRAWN: Final = "A quotation that stood here was withdrawn."
Form = Literal["full", "quiet", "partial", "deaf"]
"""`quiet`: everything was heard and nobody wrote of friction; `partial`: nobody did in what could be heard;
`deaf`: no source could be read, a note instead of a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a leader of the area adds to a quotation: `by` is their office, `text` exactly what they wrote."""

    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Exact text of an issue. `label` and `url` are None where the reader is not pointed at it."""

    text: str
    issue: str
    by: str
    label: str | None = None
    url: str | None = None
    note: str | None = None
    """What the issue shows beside its words, in ours."""
    lang: str | None = None
    """The language of the text (ISO 639-1) where that is not the mail's."""
    context: Context | None = None
    """None, and no key of the JSON, where nobody added anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """`people` is None where the floors forbid a number; `weeks` holds the present run, None where not to be shown."""

    id: str
    title: str
    side: str
    who: str
    people: int | None
    usual: tuple[int, int] | None
    trend: str | None
    weeks: tuple[int | None, ...]
    impact: float
    state: str
    line: str
    area: str | None = None
    answer_url: str | None = None
    facts: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    issues: tuple[str, ...] = ()
    short: str | None = None
    """How our own sentences speak of it: "the wrong VAT"; None where they say its number."""
    rising: int | None = None
    """For how many weeks it has been rising slowly, where no stronger word stands."""
    came_back: int | None = None
    """How many weeks ago it was relieved, where it is there again."""

    def without_quotations(self, issues: Collection[str]) -> "Pain":
        left = tuple(quote for quote in self.quotes if quote.issue not in issues)
        return self if left == self.quotes else replace(self, quotes=left, facts=(*self.facts, WITHDRAWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The one thing asked. `pain` is None where nothing needs this leader."""

    text: str
    how: str | None = None
    pain: str | None = None
    number: int | None = None
    url: str | None = None
    button: str = "Answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One line about a pain that has no place among the first three."""

    id: str
    line: str
    title: str
    people: int | None
    trend: str | None
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A severe pain that nobody below answered in time, in the first words of whoever told of it first. `quote` is None
    where these stay with their team; `line` then says so."""

    pain: str
    title: str
    line: str
    quote: Quote | None = None
    answer_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstated:
    """A hypothesis; `hint` is one that rests on a single signal (team leads only), then without `wrong_if`.

    `card` is the whole thought in one sentence, `ask` the question that tests it. It is `likely` where three different
    signals of three or more authors speak for it, and possible otherwise.
    """

    hypothesis: str
    signals: tuple[str, ...]
    wrong_if: str | None
    pain: str
    note: str | None = None
    hint: bool = False
    issues: tuple[str, ...] = ()
    ask: str | None = None
    card: str | None = None
    likely: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    text: str | None = None
    quote: Quote | None = None
    title: str | None = None
    """The pain that came back to usual, as `text` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What became of the reader's own answer to a pain: `title` names it, `text` tells."""

    pain: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is put right that earlier leaf notes said, and what others say belongs to the reader.

    `title` names the pain, and `before` is the name that it had. Of a number `week` is the Monday of its week, and
    `people` the one that counts now, None where it may not be said.
    """

    kind: Literal["number", "more", "quote", "name", "handed", "moved"]
    text: str
    pain: str | None = None
    title: str | None = None
    before: str | None = None
    week: str | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayPain:
    """`who` says how many of whom, nothing where no number may stand."""

    id: str
    title: str
    people: int | None
    who: str


def listed(pains: Sequence[AwayPain]) -> str:
    parts = [pain.title.rstrip(".…") + (f" ({pain.who})" if pain.who else "") for pain in pains]
    return f"{'; '.join(parts)}." if parts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A week whose digest was kept back while the reader was away. `text` tells of its pains."""

    week: str
    pains: tuple[AwayPain, ...]
    lead: str
    text: str
    note: str = ""
    """That somebody got it in the reader's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Days from a pain's first issue to its first answer; `median_days` is None while fewer than half are answered."""

    median_days: float | None
    waiting: int
    longest_days: int | None
    text: str | None = None
    about: str | None = None
    """The pain that has waited longest, where several wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What was answered to one question of the check-in: in words, and in numbers where these may be told."""

    text: str
    said: str
    agree: int | None = None
    between: int | None = None
    disagree: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The week's check-in; `asked` and `answers` are None where there are only words."""

    asked: int | None
    answers: int | None
    questions: tuple[Felt, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    name: str
    kind: str
    label: str
    read: int
    read_to: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Issues in scope: `read` = `friction` + `thanks` + `other`; `unplaced` of them have no owner in the org tree."""

    sources: tuple[SourceRead, ...]
    read: int
    friction: int
    thanks: int
    other: int
    unplaced: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A number as it stands in the mail, its value, how to count it again, and the issues that may be named for it."""

    text: str
    value: Any
    query: str
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`led` holds each team that the leader leads, followed by the teams above it."""

    leader: str
    led: tuple[tuple[str, ...], ...]
    level: Level
    form: Form
    organisation: str
    period: Period
    generated_at: datetime
    subject: str
    preheader: str
    opening: str
    language: str = "en"
    """In which the mail is said; what stands here is English in any case."""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader must know of this week before the pains: a storm, a short history, a week that is not over."""
    pains: tuple[Pain, ...] = ()
    ask: Ask | None = None
    away: tuple[Away, ...] = ()
    """The latest week first."""
    since_you_acted: tuple[Since, ...] = ()
    corrections: tuple[Correction, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()
    also_open: tuple[Open, ...] = ()
    more: str | None = None
    heard_once: tuple[Quote, ...] = ()
    """Words that belong to no pain yet."""
    yours: tuple[str, ...] = ()
    unstated: tuple[Unstated, ...] = ()
    quiet: tuple[str, ...] = ()
    sit_with: str | None = None
    questions: tuple[str, ...] = ()
    wins: tuple[Win, ...] = ()
    heard: Heard
    made: Made
    ledger: tuple[Entry, ...] = ()
    page_url: str | None = None
    """Where the same words stand on a page, with what is behind each number."""
    check_in: CheckIn | None = None
    """None, and no key of the JSON, where nobody was asked."""
    edition: Literal["team"] | None = None
    """A leader's copy for their team; None, and no key of the JSON, for the leader's own notes."""
    schema: int = 1

    def to_json(self) -> dict[str, Any]:
        """JSON values only, in the shape of the contract; equal documents give equal results."""
        plain = cast(dict[str, Any], _plain(self))
        for optional in ("check_in", "edition"):
            if plain[optional] is None:
                del plain[optional]
        return {"schema": plain.pop("schema"), **plain}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Document":
        """The document that `to_json` came from. Raises KeyError or ValueError for anything else."""
        if value.get("schema") != 1:
            raise ValueError(f"a document of schema {value.get('schema')!r}, not 1")
        period = value["period"]
        return cls(
            **_some(value, "leader level form organisation subject preheader opening more sit_with page_url schema"),
            **_tuples(value, "warnings notes yours quiet questions"),
            led=tuple(tuple(path) for path in value["led"]),
            language=value.get("language", "en"),
            period=Period(
                label=period["label"], start=_at(period["start"]), end=_at(period["end"]), zone=period["zone"]
            ),
            generated_at=_at(value["generated_at"]),
            pains=tuple(_pain(p) for p in value["pains"]),
            ask=None if value["ask"] is None else Ask(**value["ask"]),
            also_open=tuple(_with_tuples(Open, o, "issues") for o in value["also_open"]),
            away=tuple(_away(a) for a in value.get("away", ())),
            since_you_acted=tuple(Since(**s) for s in value["since_you_acted"]),
            corrections=tuple(Correction(**c) for c in value.get("corrections", ())),
            passed_on=tuple(PassedOn(**{**p, "quote": _quote(p["quote"])}) for p in value.get("passed_on", ())),
            heard_once=_quotes(value["heard_once"]),
            unstated=tuple(_with_tuples(Unstated, u, "signals issues") for u in value["unstated"]),
            wins=tuple(Win(text=w["text"], quote=_quote(w["quote"]), title=w["title"]) for w in value["wins"]),
            heard=Heard(**value["heard"]),
            made=_made(value["made"]),
            ledger=tuple(_entry(e) for e in value["ledger"]),
            check_in=_check_in(value.get("check_in")),
            edition=value.get("edition"),
        )

    def evidence(self) -> tuple[str, ...]:
        """Every issue ("source:external_id") that the document names anywhere, sorted."""
        keys = {key for p in self.pains for key in p.issues} | {q.issue for q in self.quotations()}
        keys.update(key for part in self.also_open for key in part.issues)
        keys.update(key for part in self.unstated for key in part.issues)
        keys.update(key for part in self.ledger for key in part.issues)
        return tuple(sorted(keys))

    def within(self, other: "Document") -> bool:
        """Whether everything that this leader leads lies below something that the other leads."""
        heads = {path[0] for path in other.led}
        return all(not heads.isdisjoint(path) for path in self.led)

    def said(self) -> dict[str, dict[date, int | None]]:
        """By pain the numbers of people that it tells of its own week and of those before, None where it tells none."""
        monday = self.period.start.astimezone(ZoneInfo(self.period.zone)).date()
        found: dict[str, dict[date, int | None]] = {}
        for pain in self.pains:
            weeks = enumerate(reversed(pain.weeks))
            found[pain.id] = {monday - back * timedelta(weeks=1): number for back, number in weeks}
        for one in self.named():
            found.setdefault(one.id, {})[monday] = one.people
        return found

    def asked(self, pain_id: str) -> Pain | None:
        """A pain that this mail has an answer's link for; one that was passed on with what is told of it here."""
        for one in self.passed_on:
            if one.pain == pain_id and all(pain.id != pain_id for pain in self.pains):
                return _as_pain(one)
        return next((pain for pain in self.pains if pain.id == pain_id), None)

    def named(self) -> "tuple[Pain | Open, ...]":
        """Every pain that the mail names with its people."""
        return (*self.pains, *self.also_open)

    def without_quotations(self, issues: Collection[str]) -> "Document":
        """The same without the words of these issues; a pain says that something stood there."""
        gone = frozenset(issues)
        if gone.isdisjoint(quote.issue for quote in self.quotations()):
            return self
        wins = [replace(w, quote=None) if w.quote is not None and w.quote.issue in gone else w for w in self.wins]
        return replace(
            self,
            pains=tuple(pain.without_quotations(gone) for pain in self.pains),
            passed_on=tuple(replace(p, quote=None) if p.quote and p.quote.issue in gone else p for p in self.passed_on),
            heard_once=tuple(quote for quote in self.heard_once if quote.issue not in gone),
            wins=tuple(win for win in wins if win.quote is not None or win.text),
        )

    def with_quotes(self, change: Callable[[Quote], Quote]) -> "Document":
        """The same with every quotation changed."""
        return replace(
            self,
            pains=tuple(replace(pain, quotes=tuple(map(change, pain.quotes))) for pain in self.pains),
            passed_on=tuple(replace(one, quote=one.quote and change(one.quote)) for one in self.passed_on),
            heard_once=tuple(map(change, self.heard_once)),
            wins=tuple(replace(win, quote=win.quote and change(win.quote)) for win in self.wins),
        )

    def quotations(self) -> tuple[Quote, ...]:
        """Every quotation, in the order of the mail."""
        passed = [one.quote for one in self.passed_on if one.quote is not None]
        inside = [quote for pain in self.pains for quote in pain.quotes]
        return (*passed, *inside, *self.heard_once, *(win.quote for win in self.wins if win.quote is not None))


def _as_pain(one: PassedOn) -> Pain:
    quotes = () if one.quote is None else (one.quote,)
    return Pain(
        id=one.pain,
        title=one.title,
        side="",
        who="",
        people=None,
        usual=None,
        trend=None,
        weeks=(),
        impact=0.0,
        state="not yet answered",
        line=one.line,
        quotes=quotes,
        issues=tuple(quote.issue for quote in quotes),
    )


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | int | float):  # most of them, and asking for more takes longest
        return value
    if dataclasses.is_dataclass(value):
        plain = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, Quote) and value.context is None:
            del plain["context"]
        return plain
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _some(value: Mapping[str, Any], names: str) -> dict[str, Any]:
    return {name: value[name] for name in names.split()}


def _tuples(value: Mapping[str, Any], names: str) -> dict[str, Any]:
    return {name: tuple(value[name]) for name in names.split()}


T = TypeVar("T")


def _with_tuples(kind: type[T], value: Mapping[str, Any], names: str) -> T:
    return kind(**{**value, **_tuples(value, names)})


def _quote(value: Mapping[str, Any] | None) -> Quote | None:
    if value is None:
        return None
    added = value.get("context")
    return Quote(**{**value, "context": None if added is None else Context(**added)})


def _quotes(values: Sequence[Mapping[str, Any]]) -> tuple[Quote, ...]:
    return tuple(quote for quote in map(_quote, values) if quote is not None)


def _away(value: Mapping[str, Any]) -> Away:
    return Away(**{**value, "pains": tuple(AwayPain(**p) for p in value["pains"])})


def _pain(value: Mapping[str, Any]) -> Pain:
    usual = value["usual"]
    return Pain(
        **{
            **value,
            **_tuples(value, "weeks facts issues"),
            "usual": None if usual is None else (usual[0], usual[1]),
            "quotes": _quotes(value["quotes"]),
        }
    )


def _entry(value: Mapping[str, Any]) -> Entry:
    counted = value["value"]
    return Entry(
        text=value["text"],
        value=tuple(counted) if isinstance(counted, list) else counted,
        query=value["query"],
        issues=tuple(value["issues"]),
    )


def _check_in(value: Mapping[str, Any] | None) -> CheckIn | None:
    if value is None:
        return None
    return CheckIn(
        asked=value["asked"],
        answers=value["answers"],
        questions=tuple(Felt(**one) for one in value["questions"]),
        lines=tuple(value["lines"]),
    )


def _made(value: Mapping[str, Any]) -> Made:
    reads = [SourceRead(**{**s, "read_to": s["read_to"] and _at(s["read_to"])}) for s in value["sources"]]
    return Made(**{**value, "sources": tuple(reads), "lines": tuple(value["lines"])})
