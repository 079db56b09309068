"""Which exact words of people stand in a digest.

Chosen by maximal marginal relevance (Carbonell and Goldstein, 1998) under quotas: an author at most once, every area
before any area twice, nobody who may not be quoted. What counts as relevant depends on what the reader can do: a head
of engineering hears what it costs, a team's lead what to answer, a head of support what comes back.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from pipeline import privacy
from pipeline.digest import passages, places, tongue, words
from pipeline.digest.document import Quote
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View
from pipeline.digest.words import Level
from pipeline.pains.words import words_of

BALANCE = 0.6
"""Relevance against novelty: lambda of the paper."""
UNHEARD = 1.5
"""How much more a team counts from which nothing came for four weeks."""
WEAK = 0.1
"""A passage below this tells nothing that the pain's name does not."""
ECHO = 0.6
"""From this likeness on a passage repeats the name of its pain."""
KEPT = 3
"""Passages of one issue among which the leaders' choices fall."""
ABOVE = 0.15
"""How much less a passage counts for a leader whose own leader hears it anyway: two hear two people."""
MORE = 0.3
"""A second passage of a pain that tells less than this only makes the mail longer."""

_TELLS = ("cost", "workaround", "consequence", "others", "again", "page", "money")
WEIGHTS: dict[Level, dict[str, float]] = {
    "top": dict(zip(_TELLS, (0.35, 0.35, 0.4, 0.35, 0.1, 0.1, 0.15), strict=True)),
    "middle": dict(zip(_TELLS, (0.35, 0.35, 0.35, 0.2, 0.15, 0.15, 0.2), strict=True)),
    "leaf": dict(zip(_TELLS, (0.15, 0.2, 0.2, 0.0, 0.5, 0.6, 0.5), strict=True)),
    "support": dict(zip(_TELLS, (0.15, 0.25, 0.25, 0.0, 0.5, 0.2, 0.5), strict=True)),
}
EVERYWHERE = {"first": 0.2, "own": 0.1, "count": 0.1}

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP = frozenset(
    words.split(
        "a an the of in on at to for with and or but by from is are was were be been it this that i we you my our your "
        "so as not no do does did have has had they them me us"
    )
)


@dataclass(frozen=True, slots=True)
class Candidate:
    voice: Voice
    text: str
    tokens: frozenset[str]
    marks: frozenset[str]
    base: float

    def relevance(self, level: Level) -> float:
        # Customers who write again were not answered; colleagues who do mostly tell of the same wait.
        less = WEIGHTS[level]["again"] / 2 if self.voice.role == "staff" and "again" in self.marks else 0.0
        return self.base + _weight(level, self.marks) - less


@lru_cache(maxsize=4096)
def _weight(level: Level, marks: frozenset[str]) -> float:
    return sum(WEIGHTS[level].get(mark, 0.0) for mark in sorted(marks))


def tokens(text: str) -> frozenset[str]:
    if text.isascii():  # folded at once: of other letters some fold into what is none
        return frozenset(_WORD.findall(text.lower())) - _STOP
    return frozenset(w.casefold() for w in _WORD.findall(text)) - _STOP


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def candidates(view: View, voices: Iterable[Voice], about: str, *, again: bool = False) -> list[Candidate]:
    """The best passages of each issue that may be quoted, the issues in their own order; of somebody whom this leader
    read lately only where they may be heard `again`."""
    found: list[Candidate] = []
    for voice in voices:
        if voice.author in view.quoted and not again:
            continue
        found += view.index.once("passages", (voice.key, about), partial(_spoken, view, voice, about))
    return found


def _spoken(view: View, voice: Voice, about: str) -> list[Candidate]:
    return _best(view, voice, about) if may_speak(voice) else []


def may_speak(voice: Voice) -> bool:
    """Whether an issue may be quoted at all: by its author's wish and state, and not if it tries to steer a machine."""
    return privacy.quotable(voice) and not passages.planted(f"{voice.title}\n{voice.body[:4000]}")


def _best(view: View, voice: Voice, about: str) -> list[Candidate]:
    subject = tokens(about)
    own = [_candidate(p, voice, subject) for p in _fit(passages.passages(voice.body))]
    # What an issue opens with needs nothing before it to be understood.
    own = [replace(c, base=c.base + 0.15) if voice.body.startswith(c.text) else c for c in own]
    if not own:
        titles = [voice.title] if passages.fit_to_quote(voice.title, whole=True) else []
        own = [_candidate(t, voice, subject) for t in dict.fromkeys([*titles, *_fit(passages.passages(voice.title))])]
    own = [c for c in own if any(c.relevance(level) >= WEAK for level in WEIGHTS)]
    own.sort(key=lambda c: (-c.relevance("top"), len(c.text), c.text))
    return [c for c in own[: 3 * KEPT] if not view.index.names.in_quote(c.text)][:KEPT]


def _fit(found: Sequence[str]) -> list[str]:
    return [p for p in dict.fromkeys(found) if passages.fit_to_quote(p)]


def _candidate(text: str, voice: Voice, subject: frozenset[str]) -> Candidate:
    own, marks = tokens(text), passages.marks(text)
    shown = any(s.text and (s.text in text or text in s.text) for s in voice.signals)
    near = similarity(own, subject)
    # What only says the pain's name again is no voice.
    base = (0.5 * near if near < ECHO else -ECHO) + passages.shape(text) + (0.15 if shown else 0.0)
    return Candidate(voice, text, own, marks, base + sum(EVERYWHERE.get(m, 0.0) for m in marks))


class Choice:
    """The quotations of one mail as they are chosen, pain after pain."""

    def __init__(self, view: View, limit: int, heard: frozenset[str | None] = frozenset()) -> None:
        self._view = view
        self._heard = heard
        self._left = limit
        self._chosen: list[Candidate] = []
        self._branches: dict[str | None, int] = {}
        self._silent: dict[str, bool] = {}
        self._above: Candidate | None = None

    def take(self, pain: PainView, at_most: int, *, fresh_areas: bool) -> list[Candidate]:
        """Up to `at_most` passages for a pain; with `fresh_areas` none from an area that has spoken already."""
        pool = candidates(self._view, _speakers(self._view, pain), pain.entry.title)
        self._above = _heard_above(self._view, pool)
        taken: list[Candidate] = []
        while self._left and len(taken) < at_most:
            free = [c for c in pool if self._free(c, fresh_areas=fresh_areas and not taken)]
            first = [c for c in self._chosen if c.voice.pain == pain.id]
            if first:
                free = [c for c in free if c.relevance(self._view.level) >= MORE and not _strays(pain, c, first)]
            if not free:
                break
            best = min(free, key=lambda c: (-self._score(c, taken), c.voice.created_at, c.voice.key, c.text))
            taken.append(best)
            self._chosen.append(best)
            self._left -= 1
            branch = self._branch(best.voice)
            self._branches[branch] = self._branches.get(branch, 0) + 1
        return taken

    def _branch(self, voice: Voice) -> str | None:
        return self._view.branch(voice.leaf or voice.team)

    def _free(self, candidate: Candidate, *, fresh_areas: bool) -> bool:
        authors = self._heard | {c.voice.author for c in self._chosen}
        return candidate.voice.author not in authors and not (
            fresh_areas and self._branches.get(self._branch(candidate.voice), 0) > 0
        )

    def _score(self, candidate: Candidate, taken: Sequence[Candidate]) -> float:
        near = max((similarity(candidate.tokens, c.tokens) for c in self._chosen), default=0.0)
        # In one pain a second voice of the same team says less than the first of another.
        repeated = 0.2 if any(c.voice.team == candidate.voice.team and c.voice.team for c in taken) else 0.0
        weight = UNHEARD if self._unheard(candidate.voice) else 1.0
        relevance = weight * candidate.relevance(self._view.level)
        repeated += ABOVE if candidate is self._above else 0.0
        return BALANCE * relevance - (1 - BALANCE) * near - self._told(candidate) - repeated

    def _told(self, candidate: Candidate) -> float:
        """What the customers, or the staff, chosen so far have told in the same way: one more workaround is no news."""
        if self._view.level not in ("top", "middle"):
            return 0.0
        told = [c.marks for c in self._chosen if c.voice.role == candidate.voice.role]
        again = candidate.marks & frozenset().union(*told) & {"workaround", "cost", "page", "money"}
        return 0.15 * len(again)

    def _unheard(self, voice: Voice) -> bool:
        if voice.role != "staff" or voice.team is None:
            return False
        if voice.team not in self._silent:
            self._silent[voice.team] = places.long_unheard(self._view, voice.team)
        return self._silent[voice.team]


def _strays(pain: PainView, candidate: Candidate, taken: Sequence[Candidate]) -> bool:
    """Whether a second voice of staff speaks of something else than the pain's name, of which the first does speak."""
    if pain.crowd != "maker":
        return False
    name = _meaning(pain.entry.title)
    return any(name & _meaning(c.text) for c in taken) and not name & _meaning(candidate.text)


@lru_cache(maxsize=8192)
def _meaning(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


def _heard_above(view: View, pool: Sequence[Candidate]) -> Candidate | None:
    """What the leader above one in the middle is likely to be told first."""
    if view.level != "middle" or not pool:
        return None
    return min(pool, key=lambda c: (-c.relevance("top"), c.voice.created_at, c.voice.key, c.text))


def _speakers(view: View, pain: PainView) -> Sequence[Voice]:
    """Whose words may stand for a pain: of staff only where the author cannot be told from the group."""
    staff = [v for v in pain.voices if v.role == "staff"]
    alone = len({v.author for v in staff}) == 1 and len({v.author for v in pain.voices}) == 1
    hide = alone and view.level != "leaf"
    wrote = [v for v in pain.voices if {s.name for s in v.signals} != {"thanks"}]
    of_crowd = [v for v in wrote if (v.role == "staff") == (pain.crowd != "customer") or pain.noun == "person"]
    return [v for v in of_crowd if v.role != "staff" or not (hide or _tiny(view, v.team))]


def may_quote_staff(view: View, voice: Voice) -> bool:
    return not _tiny(view, voice.team)


def _tiny(view: View, team: str | None) -> bool:
    """A group so small that an unnamed sentence is as good as signed."""
    return _people(view, view.scope | ({team} if team is not None else set())) < privacy.GROUP


def _people(view: View, teams: Collection[str]) -> int:
    return sum(view.index.sizes.get(team, 0) for team in teams)


def signed(view: View, voice: Voice, team: str | None) -> bool:
    """Whether words of staff beside the name of a team tell who wrote them: it is theirs, and small."""
    if voice.role != "staff" or voice.team is None or team is None:
        return False
    return team in view.org.up(voice.team) and _people(view, view.org.below(team)) < privacy.GROUP


def attribution(view: View, voice: Voice) -> str:
    """The smallest class with at least five people that the author belongs to."""
    if voice.role == "staff":
        noun = view.staff_noun(voice.team)
        return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    customers = set().union(*(view.index.accounts.get(t, set()) for t in view.scope))
    return "a customer" if voice.side != "developer" and len(customers) >= privacy.GROUP else "somebody who wrote to us"


def label(voice: Voice, names: Mapping[str, str]) -> str:
    """How an issue is called in the mail: its own key where that can be recognised, else with its source."""
    key = words.shorten(words.printable(voice.external_id).rsplit("/", 1)[-1], chars=40) or "an issue"
    return key if any(c.isalpha() for c in key) else f"{names.get(voice.source, voice.source)} {key}"


def may_point(view: View, voice: Voice) -> bool:
    """Whether the mail itself prints an issue's key: customers' yes; staff's only to their own lead, and not beside a
    number of staff, where a few keys all but name the few. The page behind the mail has them."""
    if privacy.tender(voice) or (voice.role == "staff" and _numbered(view, voice)):
        return False
    return voice.role != "staff" or (voice.team is not None and voice.team in view.own)


def _numbered(view: View, voice: Voice) -> bool:
    if voice.pain is None or voice.pain not in view.known:
        return False
    pain = view.pain(voice.pain)
    return pain.crowd == "maker" and pain.visible


def link(voice: Voice) -> str | None:
    url = voice.url or ""
    plain = url.isascii() and url.isprintable() and not any(c in url for c in " <>\"'")
    return url if plain and url.startswith(("https://", "http://")) else None


_HANDLED = re.compile(r"\b[Yy]ou (?:closed|told|said|promised|replied|answered|wrote)\b")
"""Words about what somebody of the reader's own people did: not linked, since it does not matter who."""


def quotation(view: View, candidate: Candidate, named: Callable[[Voice], str], note: str | None = None) -> Quote:
    voice = candidate.voice
    pointed = may_point(view, voice) and not (view.level == "support" and _HANDLED.search(candidate.text))
    return Quote(
        text=candidate.text,
        issue=voice.key,
        by=attribution(view, voice),
        label=named(voice) if pointed else None,
        url=link(voice) if pointed else None,
        note=note,
        lang=tongue.of(candidate.text),
    )
