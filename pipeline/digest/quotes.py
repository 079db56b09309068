"""Which exact words of people stand in a digest.

Chosen by maximal marginal relevance (Carbonell and Goldstein, 1998) under quotas: an author at most once, every area
before any area twice, nobody who may not be quoted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline import privacy
from pipeline.digest import words
from pipeline.digest.document import Quote
from pipeline.digest.material import Voice
from pipeline.digest.select import PainView, View, long_unheard

SHORTEST, LONGEST = 6, 35
BALANCE = 0.6
"""Relevance against novelty: lambda of the paper."""
UNHEARD = 1.5
"""How much more a team counts from which nothing came for four weeks."""

_SENTENCE = re.compile(r"[^.!?…\s][^\n]*?(?:[.!?…]+(?=\s|$)|(?=\n)|$)")
_CODE = re.compile(r"[{}<>|\\`=]|\[(?!(?:name|email|phone|secret|redacted)\b)|@\w|\w@|::|->|\$\w|^[#>*+\-]")
_COST = re.compile(
    r"\b(minutes?|hours?|days?|weeks?|nights?|months?|every|twice|third|fourth|money|payment|paid|invoices?|lost|lose|"
    r"wait(?:ing|ed)?|gave up|by hand|manually|excel|spreadsheet|workaround|instead|export|print|trust(?:ing)?)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(I|I've|I'm|we|we've|we're|my|our|us|me)\b")
_BOILERPLATE = re.compile(
    r"\b(thanks|thank you|regards|hello|hi|dear|steps to reproduce|expected behaviou?r|environment|version|please find|"
    r"see (?:above|below|attached)|as follows|screenshot|attached)\b",
    re.IGNORECASE,
)
_PLANTED = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier)\b|\byou are now\b|"
    r"\bsystem prompt\b|\bas an ai\b|\bnew instructions\b",
    re.IGNORECASE,
)
"""Text written for a machine. It can do nothing here, and it is nobody's pain."""
_LEANING = re.compile(r"^(this|that|it|they|these|those|and|but|so|also|then|he|she|which|because|or)\b", re.IGNORECASE)
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
    relevance: float


def tokens(text: str) -> frozenset[str]:
    return frozenset(w.casefold() for w in _WORD.findall(text)) - _STOP


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def passages(text: str) -> list[str]:
    """Runs of one or two whole sentences of a text, exactly as they stand there, on one line."""
    found = []
    for line in text[:4000].split("\n"):
        sentences = [m.span() for m in _SENTENCE.finditer(line)]
        for at, (begin, end) in enumerate(sentences[:40]):
            found.append(line[begin:end])
            if at + 1 < len(sentences):
                found.append(line[begin : sentences[at + 1][1]])
    return [p.rstrip() for p in found]


def fit_to_quote(text: str, *, whole: bool = False) -> bool:
    """Whether a passage can stand alone: length, letters rather than code, a beginning and an end."""
    if len(text) > 240 or '"' in text or not SHORTEST <= len(text.split()) <= LONGEST:
        return False
    if any(foreign.search(text) for foreign in (_CODE, words.LINKISH, _PLANTED)):
        return False
    letters = sum(map(str.isalpha, text)) + text.count(" ")
    if letters < 0.8 * len(text) or text != text.strip() or words.printable(text) != " ".join(text.split()):
        return False
    if "  " in text or "\t" in text or not (text[0].isupper() or text[0].isdigit() or not text[0].isascii()):
        return False
    return (whole or text[-1] in ".!?…") and not _LEANING.match(text) and max(map(len, text.split())) <= 30


def _relevance(text: str, about: frozenset[str], voice: Voice) -> float:
    score = similarity(tokens(text), about)
    score += 0.1 * min(4, len(_COST.findall(text))) + (0.2 if _FIRST.search(text) else 0)
    score += 0.15 if any(s.text and (s.text in text or text in s.text) for s in voice.signals) else 0
    score -= 0 if text[-1] in ".!?…" else 0.25
    score += 0.1 if 10 <= len(text.split()) <= 25 else 0
    return score - (0.4 if _BOILERPLATE.search(text) else 0)


def candidates(view: View, voices: Iterable[Voice], about: str) -> list[Candidate]:
    """The best passages of each issue that may be quoted, the issues in their own order."""
    kept = view.index.passages
    found: list[Candidate] = []
    for voice in voices:
        if (voice.key, about) not in kept:
            kept[voice.key, about] = _best(view, voice, about) if privacy.quotable(voice) else ()
        found += kept[voice.key, about]
    return found


def _best(view: View, voice: Voice, about: str) -> list[Candidate]:
    subject = tokens(about)
    texts = [voice.title] if fit_to_quote(voice.title, whole=True) else []
    texts += [p for p in dict.fromkeys(passages(f"{voice.title}\n{voice.body}")) if fit_to_quote(p)]
    own = [Candidate(voice, t, tokens(t), _relevance(t, subject, voice)) for t in dict.fromkeys(texts)]
    own = [c for c in own if not view.index.names.in_quote(c.text)]
    return sorted(own, key=lambda c: (-c.relevance, len(c.text), c.text))[:2]


class Choice:
    """The quotations of one mail as they are chosen, pain after pain."""

    def __init__(self, view: View, limit: int) -> None:
        self._view = view
        self._left = limit
        self._chosen: list[Candidate] = []
        self._branches: dict[str | None, int] = {}
        self._silent: dict[str, bool] = {}

    def take(self, pain: PainView, at_most: int, *, fresh_areas: bool) -> list[Candidate]:
        """Up to `at_most` passages for a pain; with `fresh_areas` none from an area that has spoken already."""
        pool = candidates(self._view, _speakers(self._view, pain), pain.entry.title)
        taken: list[Candidate] = []
        while self._left and len(taken) < at_most:
            free = [c for c in pool if self._free(c, fresh_areas=fresh_areas and not taken)]
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
        authors = {c.voice.author for c in self._chosen}
        return candidate.voice.author not in authors and not (
            fresh_areas and self._branches.get(self._branch(candidate.voice), 0) > 0
        )

    def _score(self, candidate: Candidate, taken: Sequence[Candidate]) -> float:
        near = max((similarity(candidate.tokens, c.tokens) for c in self._chosen), default=0.0)
        # In one pain a second voice of the same team says less than the first of another.
        repeated = 0.2 if any(c.voice.team == candidate.voice.team and c.voice.team for c in taken) else 0.0
        weight = UNHEARD if self._unheard(candidate.voice) else 1.0
        return BALANCE * weight * candidate.relevance - (1 - BALANCE) * near - repeated

    def _unheard(self, voice: Voice) -> bool:
        if voice.role != "staff" or voice.team is None:
            return False
        if voice.team not in self._silent:
            self._silent[voice.team] = long_unheard(self._view, voice.team)
        return self._silent[voice.team]


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
    whole = view.scope | ({team} if team is not None else set())
    return sum(view.index.sizes.get(t, 0) for t in whole) < privacy.GROUP


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
    """Whether the mail itself prints an issue's key: customers' yes, staff's only to their own lead."""
    if privacy.tender(voice):
        return False
    return voice.role != "staff" or (voice.team is not None and voice.team in view.own)


def link(voice: Voice) -> str | None:
    url = voice.url or ""
    plain = url.isascii() and url.isprintable() and not any(c in url for c in " <>\"'")
    return url if plain and url.startswith(("https://", "http://")) else None


def quotation(view: View, candidate: Candidate, named: Callable[[Voice], str]) -> Quote:
    voice = candidate.voice
    pointed = may_point(view, voice)
    return Quote(
        text=candidate.text,
        issue=voice.key,
        by=attribution(view, voice),
        label=named(voice) if pointed else None,
        url=link(voice) if pointed else None,
    )
