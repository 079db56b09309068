"""Forgetting one person: what names them becomes keyed hashes, and these alone find them again. Pure.

The hashes (tombstones) hold no name, so what is to be erased can be found after a crash, and what comes in again can be
known, without anybody having kept who it was. Names are looked for by their words, whatever stands between these:
"Okafor, Ines", "ines.okafor@fernhill.example" and "INES OKAFOR" are found alike.
"""

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Any, Final

from pipeline.issue import Comment, Gone, Issue, Remark, Tag
from pipeline.pains.words import is_everyday

PERSON: Final = "[person]"
"""Stands where somebody was named: the mark of `pipeline.clean_marks`."""
ERASED: Final = "[forgotten]"
"""Stands where words of theirs stood."""
_PSEUDONYM: Final = "[forgotten "
"""How the name begins that stands for them where one has to stand; it is made by chance."""
SHORTEST: Final = 3
"""Letters of a name that is looked for in texts."""
NUMBER: Final = 6
"""Digits of a number that is looked for in texts."""
RUN: Final = 6
"""Words in a row that are somebody's words wherever they stand."""
WHOLE: Final = 4
"""And that are theirs where they are all that is said."""
_WORD: Final = re.compile(r"%[0-9A-Fa-f]{2}|[^\W_]+")
REMEMBERED: Final = 200_000
"""Words of which it is remembered whether they name somebody."""
_GAP: Final = 3
"""Characters that may stand between the words of a name."""
OURS: Final = frozenset(
    """
    developer customer none act understand belongs not_now weekly team call check-in full quiet partial deaf new usual
    steady easing back above few first open closed deleted staff bot unknown agree disagree between work heard
    """.split()  # noqa: SIM905
)
"""Words of ours that stand in documents: nobody's name takes their place."""


def pseudonym(number: str) -> str:
    return f"{_PSEUDONYM}{number}]"


def is_pseudonym(name: str | None) -> bool:
    return name is not None and name.startswith(_PSEUDONYM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names one human. `accounts` are (source, account); `others` what an operator adds, such as a nickname."""

    id: str | None = None
    name: str | None = None
    addresses: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stone:
    """One keyed hash. `words` is how many words a name has at most that begins so; 0 for what is no beginning."""

    hash: str
    words: int
    pseudonym: str


def stones(
    identity: Identity, salt: bytes, name: str, *, kept: Collection[str] = (), others: Collection[str] = ()
) -> list[Stone]:
    """The tombstones of somebody who is called `name` from now on. `kept` are words that mean something else here
    (teams, sources, projects), `others` the names of other people: neither is looked for in texts."""
    found: dict[str, Stone] = {}

    def add(kind: str, what: str, words: int = 0) -> None:
        key = _hash(salt, kind, what)
        before = found[key].words if key in found else 0
        found[key] = Stone(hash=key, words=max(words, before), pseudonym=name)

    def phrase(kind: str, text: str) -> None:
        words = _words(text)
        if words:
            add(kind, " ".join(words))
            add(f"{kind} begins", words[0], len(words))

    for source, account in identity.accounts:
        add("author", f"{source}\0{_folded(account)}")
    named = [*identity.addresses, *([identity.name] if identity.name else [])]
    for text in named:
        add("author", f"\0{_folded(text)}")
    everything = [*named, *identity.others, *(account for _, account in identity.accounts)]
    barred = {_folded(word) for word in (*kept, *OURS)}
    for text in everything:
        if _folded(text) not in barred:
            add("whole", _folded(text))
            if _is_telling(text, barred):
                phrase("phrase", text)
    if identity.id:
        if _folded(identity.id) not in barred:
            add("whole", _folded(identity.id))
            phrase("id", identity.id)
        add("person", _folded(identity.id))
    for text in _turned(identity.name or "", barred | {word for other in others for word in _words(other)}):
        phrase("phrase", text)
    return list(found.values())


def _is_telling(text: str, barred: Collection[str]) -> bool:
    """Whether a text that holds it names somebody: no everyday word and no short number does."""
    words = _words(text)
    if len(words) > 1:
        return sum(map(len, words)) >= SHORTEST
    if not words or words[0] in barred:
        return False
    word = words[0]
    return len(word) >= NUMBER if word.isdigit() else len(word) >= SHORTEST and not is_everyday(word)


def _turned(name: str, barred: Collection[str]) -> list[str]:
    """A name with its last word first, and that word alone where it names nobody else."""
    words = _words(name)
    if len(words) < 2:
        return []
    last = words[-1]
    alone = len(last) > SHORTEST and last not in barred and not is_everyday(last)
    return [" ".join([last, *words[:-1]]), *([last] if alone else [])]


def _hash(salt: bytes, kind: str, what: str) -> str:
    return hashlib.blake2b(f"{kind}\0{what}".encode("utf-8", "replace"), key=salt, digest_size=20).hexdigest()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _words(text: str) -> list[str]:
    return [_folded(found) for found in _WORD.findall(text) if found[0] != "%"]


@dataclass(slots=True)
class Forgotten:
    """Everybody who was forgotten. `salt` is the key of the hashes."""

    salt: bytes
    names: Mapping[str, str]
    """Hash to pseudonym."""
    begins: Mapping[str, int]
    """Hash of a first word to how many words a name has at most that begins with it."""
    _known: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _starts: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, salt: bytes, found: Iterable[Stone]) -> "Forgotten":
        every = list(found)
        return cls(salt, {s.hash: s.pseudonym for s in every}, {s.hash: s.words for s in every if s.words})

    def _ask(self, kind: str, what: str) -> str | None:
        key = (kind, what)
        if key in self._known:
            return self._known[key]
        if len(self._known) > REMEMBERED:
            self._known = {}
        found = self._known[key] = self.names.get(_hash(self.salt, kind, what))
        return found

    def _longest(self, kind: str, word: str) -> int:
        key = (kind, word)
        if key in self._starts:
            return self._starts[key]
        if len(self._starts) > REMEMBERED:
            self._starts = {}
        found = self._starts[key] = self.begins.get(_hash(self.salt, f"{kind} begins", word), 0)
        return found

    def person(self, name: str | None) -> str | None:
        """The pseudonym of an id of the org chart, None where nobody of that id was forgotten."""
        return None if not name else self._ask("person", _folded(name))

    def author(self, source: str, name: str | None) -> str | None:
        """The pseudonym of an author at a source: by account, or by a name or address that is theirs anywhere."""
        if not name or is_pseudonym(name):
            return name or None
        said = _folded(name)
        return self._ask("author", f"{source}\0{said}") or self._ask("author", f"\0{said}")

    def whole(self, value: str) -> str | None:
        """The pseudonym of whoever a value names with all of it."""
        return self._ask("whole", _folded(value)) if value else None

    def marked(self, text: str, *, ids: bool = False) -> str:
        """The text with every mention marked; with `ids` also ids of the org chart, as our own sentences have them."""
        kinds = ("phrase", "id") if ids else ("phrase",)
        spans = [(m.start(), m.end(), _folded(m[0])) for m in _WORD.finditer(text) if m[0][0] != "%"]
        parts: list[str] = []
        done, at = 0, 0
        while at < len(spans):
            count = max(self._mention(spans, at, kind, text) for kind in kinds)
            if count:
                parts += [text[done : spans[at][0]], PERSON]
                done = spans[at + count - 1][1]
            at += count or 1
        return "".join([*parts, text[done:]]) if parts else text

    def _mention(self, spans: Sequence[tuple[int, int, str]], at: int, kind: str, text: str) -> int:
        """How many words from here on name somebody."""
        for count in range(min(self._longest(kind, spans[at][2]), len(spans) - at), 0, -1):
            some = spans[at : at + count]
            near = all(_is_gap(text[a[1] : b[0]]) for a, b in pairwise(some))
            if near and self._ask(kind, " ".join(word for _, _, word in some)):
                return count
        return 0

    def names_somebody(self, value: Any) -> bool:
        """Whether JSON values name somebody, with all of a value or within it."""
        if isinstance(value, str):
            return self.whole(value) is not None or self.marked(value) != value
        if isinstance(value, Mapping):
            return any(self.names_somebody(one) for pair in value.items() for one in pair)
        if isinstance(value, list | tuple):
            return any(self.names_somebody(one) for one in value)
        is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) > 999
        return is_number and self.whole(str(value)) is not None


def _is_gap(between: str) -> bool:
    return len(re.sub("%[0-9A-Fa-f]{2}", ".", between)) <= _GAP


# --- what they wrote


class Words:
    """The words of issues and comments that are erased, to be found where they were quoted. Names in them are marked,
    as they are in what is looked through: nobody's name may be cut in two."""

    def __init__(self, texts: Iterable[str] = (), titles: Iterable[str] = (), keys: Iterable[str] = ()) -> None:
        """`keys` are the issues ("source:external_id"): what stands beside such a key as its text goes anyway."""
        self.keys = frozenset(keys)
        self._titles = {tuple(_words(title)) for title in titles}
        every = [*map(_words, texts), *map(list, sorted(self._titles))]
        self._texts = [words for words in every if len(words) > 1]
        self._at: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for number, words in enumerate(self._texts):
            for place, pair in enumerate(pairwise(words)):
                self._at[pair].append((number, place))

    def without(self, text: str, *, name: bool = False) -> str:
        """The text without theirs. `name`: it is the name of a pain, which is made of somebody's words."""
        if not self._texts:
            return text
        spans = [(m.start(), m.end(), _folded(m[0])) for m in _WORD.finditer(text) if m[0][0] != "%"]
        words = [word for _, _, word in spans]
        parts: list[str] = []
        done, at = 0, 0
        while at < len(words) - 1:
            run = self._run(words, at)
            if run >= RUN or WHOLE <= run == len(words) or self._holds_title(words[at : at + run]):
                parts += [text[done : spans[at][0]], ERASED]
                done = spans[at + run - 1][1]
                at += run
            elif name and run >= SHORTEST and run * 2 >= len(words):
                return ERASED
            else:
                at += 1
        return "".join([*parts, text[done:]]) if parts else text

    def _run(self, words: Sequence[str], at: int) -> int:
        """How many words from here on stand in one of the texts just so."""
        longest = 0
        for number, place in self._at.get((words[at], words[at + 1]), ()):
            both = zip(words[at:], self._texts[number][place:], strict=False)
            longest = max(longest, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both)))
        return longest

    def _holds_title(self, run: Sequence[str]) -> bool:
        return any(
            tuple(run[start : start + len(title)]) == title
            for title in self._titles
            if SHORTEST <= len(title) <= len(run)
            for start in range(len(run) - len(title) + 1)
        )


NAMES_OF_PAINS: Final = frozenset({"title", "was", "short"})
_TEXTS: Final = frozenset({"text", "title", "note", "label", "url"})


@dataclass(frozen=True, slots=True)
class Eraser:
    """Takes somebody out of values of every privacy class. Erasing again changes nothing."""

    who: Forgotten
    words: Words

    def person(self, value: str) -> str:
        """A person's id, or a sentence of ours in the place of one."""
        if is_pseudonym(value):
            return value
        return self.who.person(value) or self.who.whole(value) or self.who.marked(value, ids=True)

    def text(self, value: str) -> str:
        whole = self.who.whole(value)
        return PERSON if whole is not None else self.words.without(self.who.marked(value))

    def speech(self, value: str) -> str:
        """What somebody else wrote: their words are theirs, whoever wrote the same."""
        return self.who.marked(value)

    def said(self, value: str) -> str:
        return self.words.without(self.who.marked(value, ids=True))

    def json(self, value: Any, key: str = "", *, theirs: bool = False) -> Any:
        """JSON values: whoever a value names is one of chance, what was quoted of them is gone, the form stays."""
        if isinstance(value, Mapping):
            mine = theirs or value.get("issue") in self.words.keys
            return {str(self._key(name)): self.json(one, str(name), theirs=mine) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(one, key, theirs=theirs) for one in value]
        if not isinstance(value, str) or is_pseudonym(value):
            return value
        if theirs and key in _TEXTS:
            return ERASED if key == "text" else None if key in ("url", "label", "note") else ERASED
        whole = self.who.person(value) if key in ("leader", "by", "reader", "to") else None
        whole = whole or self.who.whole(value)
        if whole is not None:
            return whole
        marked = self.who.marked(value, ids=" " in value)
        return self.words.without(marked, name=key in NAMES_OF_PAINS)

    def _key(self, name: str) -> str:
        return self.who.whole(name) or name


# --- what comes in again


def admitted(who: Forgotten, source: str, value: Issue | Remark | Gone) -> tuple[Issue | Remark | Gone, bool]:
    """(what comes in, as it may be stored; whether somebody forgotten wrote it)."""
    if isinstance(value, Issue):
        return erased(who, value), who.author(source, value.author) is not None
    if isinstance(value, Remark):
        fresh = comment_of(who, source, value.comment)
        return replace(value, comment=fresh), is_pseudonym(fresh.author)
    return value, False


def erased(who: Forgotten, issue: Issue, name: str | None = None) -> Issue:
    """An issue as it may be stored: without text and author where somebody forgotten wrote it, and without mentions of
    them. `name` stands for whoever is known to have written it."""
    name = name or who.author(issue.source, issue.author)
    mark = _marker(who)
    fields: dict[str, Any] = {
        **{field: mark(getattr(issue, field)) for field in MARKED},
        "labels": tuple(mark(label) for label in issue.labels),
        "history": tuple(replace(e, before=mark(e.before), after=mark(e.after)) for e in issue.history),
    }
    comments = [comment_of(who, issue.source, comment) for comment in issue.comments]
    if name is None:
        title, body = who.marked(issue.title), who.marked(issue.body)
        return replace(issue, title=title, body=body, comments=tuple(comments), **fields)
    silent = tuple(replace(comment, body="") for comment in comments)
    tags: frozenset[Tag] = issue.tags | {"no-quote"}
    return replace(issue, title="", body="", author=name, tags=tags, comments=silent, **fields)


MARKED: Final = ("url", "account", "kind", "project", "component", "group", "priority")
"""Fields of an issue that may name somebody."""


def _marker(who: Forgotten) -> Any:
    """Marks one short value; whoever it names with all of it is one of chance."""

    def mark(value: str | None) -> str | None:
        return value if not value else who.whole(value) or who.marked(value)

    return mark


def comment_of(who: Forgotten, source: str, comment: Comment) -> Comment:
    name = who.author(source, comment.author)
    return replace(
        comment,
        author=name or comment.author,
        body="" if name is not None else who.marked(comment.body),
    )


def same(one: str, other: str) -> bool:
    """Whether two names are one, whatever their case."""
    return hmac.compare_digest(_folded(one).encode(), _folded(other).encode())
