"""A digest in the reader's language: each phrase of ours, found again and said in another.

Digests are composed, counted and checked in one language, and so is the document that others read. Before it is
rendered for a reader of another language, every sentence of our own is looked up in that language's phrasebook
(`locales/*.yaml`). What people wrote is never translated: quotations, names of pains, keys and addresses pass through,
and so do numbers. A sentence that a phrasebook does not know stays as it is (docs/decisions/011-languages-of-mails.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from pipeline.digest import words
from pipeline.digest.document import Away, Document, Pain, Quote, Unstated, listed

LOCALES: Final = Path(__file__).parent / "locales"
LANGUAGES: Final = ("en", *sorted(path.stem for path in LOCALES.glob("*.yaml")))

_DAY: Final = r"[0-9]{1,2} [A-Z][a-z]{2}"
_DATE: Final = rf"[A-Z][a-z]{{2}} {_DAY}"
_MOMENT: Final = rf"{_DATE} [0-9]{{2}}:[0-9]{{2}}"
_NOUNS: Final = "customers?|engineers?|agents?|colleagues?|person|people"
_TREND: Final = (
    r"[Aa]bove usual(?: across .+?)?|[Nn]ew|[Ss]teady|[Ee]asing|[Bb]ack to usual|[A-Za-z]+ week, steady"
    r"|[Tt]oo few to call(?: a trend)?|[Mm]ore than ten weeks, steady|[Ss]lowly rising for [0-9]+ weeks"
    r"|[Ii]t came back [0-9]+ weeks? after its relief"
)
_IT: Final = r"number [0-9]|the [^.;:!?]{1,90}?(?: \(number [0-9]\))?"
_SOURCE: Final = re.compile(
    rf"([0-9]+) from (.+?)(?: \((not read|read to (?:{_MOMENT}) only)\))?(?=, [0-9]+ from | and [0-9]+ from |$)"
)
KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("n", "m", "k", "l", "number"), r"[0-9]+"),
    "span": r"(?: \(usual [0-9]+-[0-9]+\))?",
    "inteams": r"(?: in [0-9]+ teams)?",
    "thisweek": r"(?: this week)?",
    "crowd": f"(?:{_NOUNS})",
    "Crowd": "(?:Customers|Engineers|Agents|Colleagues|People)",
    "trend": f"(?:{_TREND})",
    "Trend": f"(?:{_TREND})",
    "iso": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "days": "[0-9]+ days?",
    "dative": "[0-9]+ days?",
    "day": _DAY,
    "date": _DATE,
    "moment": _MOMENT,
    **dict.fromkeys(("dated", "dated2"), "[0-9]{1,2} [A-Z][a-z]{2,8}(?: [0-9]{4})?"),
    "dates": rf"[0-9]{{1,2}}(?: [A-Z][a-z]{{2}})?-{_DAY}",
    **dict.fromkeys(("hour", "hour2", "hour3"), "[0-9]{1,2}:00"),
    "weekday": "(?:[A-Z][a-z]+day|Weekdays)",
    "name": "[^,]+",
    **dict.fromkeys(("team", "source", "source2", "office", "title", "text", "list", "either"), ".+?"),
    "issue": r"(?:(?![.?!:]\s).)+?",
    "said": '"[^"]*"',
    "keys": r"(?: \([^()]*\))?",
    "weeks": "[0-9, -]+",
    **dict.fromkeys(("week", "week2"), "[0-9]{4}-W[0-9]{2}"),
    "range": "[0-9]+-[0-9]+",
    "it": f"(?:{_IT})",
    "state": "[a-z]+",
    **dict.fromkeys(("its", "shared", "sources", "plain", "count", "phrase", "signal"), ".+?"),
}
"""What a slot of a phrase may hold; names are as long as people made them. One that is not named below passes through
as it is."""
_SLOT: Final = re.compile(r"\{(\w+)\}")
_END: Final = re.compile(r"(?<=[.?!:])\s")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry: what it begins with, the pattern of the whole, and how it is said."""

    begins: str
    pattern: re.Pattern[str]
    said: str


@dataclass(frozen=True, slots=True)
class Phrasebook:
    exact: Mapping[str, str]
    phrases: Sequence[Phrase]
    """The ones with most words of their own first."""
    lists: Mapping[str, Mapping[str, str]]


FORMS: Final[Mapping[str, frozenset[str]]] = {
    form: frozenset(_SLOT.findall(slots))
    for form, slots in {
        "day": "{day}{month}",
        "first day": "{day}",
        "date": "{weekday}{day}",
        "moment": "{date}{time}",
        "dates": "{first}{last}",
        "1 day": "",
        "days": "{n}",
        "for days": "{n}",
        "above usual across": "{where}",
        "slowly rising": "{n}",
        "came back after 1 week": "",
        "came back": "{n}",
        "steady for a week": "{ordinal}{steady}",
        "steady for long": "{ordinal}{steady}",
        "number": "{n}",
        "from": "{n}{source}",
        "not read": "",
        "read to": "{moment}",
        "in teams": "{n}",
        "this week": "",
    }.items()
}
"""What every phrasebook has to say of the parts that sentences are put together from, with their slots."""


@cache
def phrasebook(language: str, locales: Path = LOCALES) -> Phrasebook:
    """Raises ValueError for a language without a phrasebook, a phrase with a slot of no known kind, or a form that is
    missing or has other slots."""
    path = locales / f"{language}.yaml"
    if language == "en" or not path.exists():
        raise ValueError(f"no phrasebook for {language!r}; there are {', '.join(LANGUAGES)}")
    raw: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    forms = {form: frozenset(_SLOT.findall(said)) for form, said in raw["forms"].items()}
    if wrong := sorted(form for form in forms.keys() | FORMS.keys() if forms.get(form) != FORMS.get(form)):
        raise ValueError(f"{path.name}: forms that are missing, unknown or have other slots: {', '.join(wrong)}")
    known = raw.pop("phrases")
    slotted = sorted((text for text in known if "{" in text), key=lambda text: (-len(_SLOT.sub("", text)), text))
    return Phrasebook(
        exact={text: said for text, said in known.items() if "{" not in text},
        phrases=tuple(_phrase(text, known[text]) for text in slotted),
        lists=raw,
    )


def _phrase(text: str, said: str) -> Phrase:
    names = _SLOT.findall(text)
    if strange := [name for name in (*names, *_SLOT.findall(said)) if name not in KINDS or name not in names]:
        raise ValueError(f"{text!r}: no slot is called {', '.join(strange)}")
    pieces = _SLOT.split(text)
    pattern = "".join(f"(?P<{p}>{KINDS[p]})" if n % 2 else re.escape(p) for n, p in enumerate(pieces))
    return Phrase(pieces[0], re.compile(pattern, re.DOTALL), said)


@dataclass(slots=True)
class Tongue:
    """How one mail is said. `numbers` are the pains of its first screen, by how sentences speak of them."""

    language: str
    numbers: Mapping[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    """What was looked up and not found, for whoever completes the phrasebook."""
    locales: Path = LOCALES

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language, self.locales)

    def __call__(self, text: str) -> str:
        """The text in this language; as it is where a part of it is not known."""
        if self.language == "en" or not text:
            return text
        found = self.find(text)
        if found is None:
            self.unknown.append(text)
            return text
        return found

    def find(self, text: str) -> str | None:
        """One phrase, or several sentences one after the other; None where one is not known. Each is as short as may
        be: only what is not known sentence by sentence has an end of a sentence in a slot, as names of pains do."""
        if text in self.book.exact:
            return self.book.exact[text]
        begins = [0, *(match.end() for match in _END.finditer(text))]
        stops = [*(begin - 1 for begin in begins[1:]), len(text)]
        said: list[str | None] = [*(None for _ in begins), ""]
        """From each sentence to the end, where all of that is known."""
        for at in reversed(range(len(begins))):
            for last in range(at, len(begins)):
                rest = said[last + 1]
                if rest is not None and (first := self._one(text[begins[at] : stops[last]])) is not None:
                    said[at] = f"{first} {rest}".rstrip()
                    break
        return said[0]

    def _one(self, text: str) -> str | None:
        if text in self.book.exact:
            return self.book.exact[text]
        for phrase in self.book.phrases:
            if not text.startswith(phrase.begins):
                continue
            match = phrase.pattern.fullmatch(text)
            if match is None:
                continue
            slots = {name: self._slot(name, value) for name, value in match.groupdict().items()}
            if all(value is not None for value in slots.values()):
                return _tidy(phrase.said.format(**slots))
        return None

    def _slot(self, kind: str, value: str) -> str | None:
        say = _SAYS.get(kind)
        return value if say is None else say(self, value)

    def word(self, english: str, among: str = "words") -> str:
        return english if self.language == "en" else self.book.lists[among].get(english, english)

    def form(self, name: str, **slots: str) -> str:
        return self.book.lists["forms"][name].format(**slots)

    def part(self, text: str) -> str | None:
        """What stands in a sentence and is shown alone; None where it is not known."""
        if self.language == "en":
            return text
        whole = words.capital(text.strip())
        return self._count(whole.removesuffix(".")) or self.find(text.strip()) or self.find(f"{whole}.")

    def on(self, day: date) -> str:
        """ "15 September", "15. Sep."."""
        return f"{day.day} {day:%B}" if self.language == "en" else self._day(f"{day.day} {day:%b}")

    def listing(self, parts: Sequence[str]) -> str:
        """ "a", "a und b", "a, b und c"."""
        return words.listing(parts) if self.language == "en" else words.listing(parts, self.word("and"))

    def office(self, text: str) -> str:
        """A leader by what they lead."""
        if self.language == "en":
            return text
        if text[:1].isupper():
            low = text[:1].lower() + text[1:]
            said = self.office(low)
            return text if said == low else words.capital(said)
        who, instead, whom = text.partition(", for ")
        if instead:
            return f"{self.office(who)}, {self.word('for')} {self.office(whom)}"
        first, of, team = text.partition(" of ")
        return f"{self.word(f'{first} of')} {team}" if of and first == "the lead" else self.word(text)

    # --- what stands in the slots -----------------------------------------------------------------------------------

    def _day(self, text: str) -> str:
        day, month = text.split()
        return self.form("day", day=day, month=self.word(month, "months"))

    def _date(self, text: str) -> str:
        weekday, _, day = text.partition(" ")
        return self.form("date", weekday=self.word(weekday, "days"), day=self._day(day))

    def _dated(self, text: str) -> str:
        """A day with the whole name of its month, and maybe its year."""
        day, month, *year = text.split()
        return " ".join([self._day(f"{day} {month[:3]}"), *year])

    def _moment(self, text: str) -> str:
        date, _, time = text.rpartition(" ")
        return self.form("moment", date=self._date(date), time=time)

    def _dates(self, text: str) -> str:
        first, _, last = text.partition("-")
        begin = self._day(first) if " " in first else self.form("first day", day=first)
        return self.form("dates", first=begin, last=self._day(last))

    def _days(self, text: str, many: str = "days") -> str:
        number = text.split()[0]
        return self.form("1 day") if number == "1" else self.form(many, n=number)

    def _trend(self, text: str) -> str | None:
        low = text[:1].lower() + text[1:]
        across = re.fullmatch(r"above usual across (.+)", low)
        if across:
            return self.form("above usual across", where=across[1])
        rising = re.fullmatch(r"slowly rising for ([0-9]+) weeks", low)
        if rising:
            return self.form("slowly rising", n=rising[1])
        back = re.fullmatch(r"it came back ([0-9]+) weeks? after its relief", low)
        if back:
            return self.form("came back after 1 week") if back[1] == "1" else self.form("came back", n=back[1])
        run = re.fullmatch(r"(.+?)( week)?, steady", text[:1].upper() + text[1:])
        if run:
            form = "steady for a week" if run[2] else "steady for long"
            return self.form(form, ordinal=self.word(run[1], "ordinals"), steady=self.word("steady", "trends"))
        low = low.removesuffix(" a trend")
        return self.word(low, "trends") if low in self.book.lists["trends"] else None

    def _it(self, text: str) -> str | None:
        number = re.search(r"number ([0-9])\)?$", text)
        at = number[1] if number else self.numbers.get(text)
        return None if at is None else self.form("number", n=str(at))

    def _its(self, text: str) -> str | None:
        found = [self._it(one) for one in re.split(r", | and ", text)]
        return None if None in found else self.listing([one for one in found if one is not None])

    def _shared(self, text: str) -> str | None:
        found = []
        for one in text.split("; "):
            match = re.fullmatch(rf"({_IT}) \((.+), (answered|not yet answered)\)", one)
            it = self._it(match[1]) if match else None
            if match is None or it is None:
                return None
            found.append(f"{it} ({self._list(match[2])}, {self.word(match[3])})")
        return "; ".join(found)

    def _list(self, text: str) -> str:
        return re.sub(r"\bothers$", self.word("others"), re.sub(" and ", f" {self.word('and')} ", text))

    def _sources(self, text: str) -> str | None:
        found = []
        for number, name, state in _SOURCE.findall(text):
            tail = f" {self._plain(f'({state})')}" if state else ""
            found.append(self.form("from", n=number, source=name) + tail)
        return self.listing(found) if found else None

    def _plain(self, text: str) -> str:
        """Sources without how many came from each."""
        listed = self._list(text).replace("(not read)", self.form("not read"))
        to = rf"\(read to ({_MOMENT}) only\)"
        return re.sub(to, lambda hit: self.form("read to", moment=self._moment(hit[1])), listed)

    def _count(self, text: str) -> str | None:
        """The people of a line among the others, with the trend behind it where there is one."""
        whole = self._one(f"{words.capital(text)}.")
        if whole is None and ", " in text:
            head, _, tail = text.rpartition(", ")
            trend = self._trend(tail)
            if trend is None and head.endswith(" week"):
                head, _, tail = text.rpartition(", ")[0].rpartition(", ")
                trend = self._trend(f"{tail}, steady")
            said = self._one(f"{words.capital(head)}.")
            whole = f"{said.removesuffix('.')}, {trend}." if said and trend else None
        return None if whole is None else whole.removesuffix(".")

    def _signal(self, text: str) -> str | None:
        match = re.fullmatch(r"(.+?)( \([^()]*\))?", text)
        said = self.find(match[1]) if match else None
        return None if match is None or said is None else said + (match[2] or "")


_Say = Callable[[Tongue, str], str | None]
_SAYS: Final[Mapping[str, _Say]] = {
    "span": lambda t, text: text.replace("usual", t.word("usual")),
    "inteams": lambda t, text: text and t.form("in teams", n=text.split()[1]),
    "thisweek": lambda t, text: text and t.form("this week"),
    "crowd": lambda t, text: t.word(text),
    "Crowd": lambda t, text: t.word(text),
    "trend": Tongue._trend,
    "Trend": lambda t, text: words.capital(t._trend(text) or "") or None,
    "iso": lambda t, text: f"{t.on(date.fromisoformat(text))} {text[:4]}",
    "days": Tongue._days,
    "dative": lambda t, text: t._days(text, "for days"),
    "day": Tongue._day,
    "date": Tongue._date,
    "moment": Tongue._moment,
    **dict.fromkeys(("dated", "dated2"), Tongue._dated),
    "dates": Tongue._dates,
    "weekday": lambda t, text: t.word(text, "weekdays"),
    "office": Tongue.office,
    "list": Tongue._list,
    "either": lambda t, text: t._list(text).replace(" or ", f" {t.word('or')} "),
    "state": lambda t, text: t.word(text, "states"),
    "it": Tongue._it,
    "its": Tongue._its,
    "shared": Tongue._shared,
    "sources": Tongue._sources,
    "plain": Tongue._plain,
    "count": Tongue._count,
    "phrase": Tongue.find,
    "signal": Tongue._signal,
}


def _tidy(text: str) -> str:
    """A short month at the end of a sentence brings its own stop."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)


def tongue(document: Document) -> Tongue:
    """That of a document's reader."""
    numbers: dict[str, int] = {}
    for number, pain in enumerate(document.pains, start=1):
        if pain.short is not None:
            numbers.setdefault(pain.short, number)
    return Tongue(document.language, numbers)


def spoken(document: Document, say: Tongue) -> Document:
    """The document as its reader hears it. What was composed is left as it is where the language is our own."""
    if say.language == "en":
        return document
    d = document
    return replace(
        d,
        subject=_subject(say(d.subject)),
        preheader=_preheader(say, d),
        opening=say(d.opening),
        warnings=_each(say, d.warnings),
        notes=_each(say, d.notes),
        pains=tuple(of_pain(say, p) for p in d.pains),
        ask=None if d.ask is None else replace(d.ask, text=say(d.ask.text), how=say(d.ask.how or "") or None),
        away=tuple(_away(say, a) for a in d.away),
        since_you_acted=tuple(replace(s, text=say(s.text)) for s in d.since_you_acted),
        corrections=tuple(replace(c, text=say(c.text)) for c in d.corrections),
        passed_on=tuple(replace(p, line=say(p.line), quote=p.quote and _quote(say, p.quote)) for p in d.passed_on),
        also_open=tuple(replace(o, line=say(o.line)) for o in d.also_open),
        more=say(d.more or "") or None,
        heard_once=tuple(_quote(say, q) for q in d.heard_once),
        yours=_each(say, d.yours),
        unstated=tuple(_unstated(say, u) for u in d.unstated),
        quiet=_each(say, d.quiet),
        sit_with=say(d.sit_with or "") or None,
        questions=_each(say, d.questions),
        wins=tuple(replace(w, text=say(w.text or "") or None, quote=w.quote and _quote(say, w.quote)) for w in d.wins),
        made=replace(d.made, lines=_each(say, d.made.lines)),
        check_in=None if d.check_in is None else replace(d.check_in, lines=_each(say, d.check_in.lines)),
    )


def _subject(said: str) -> str:
    """In some languages what fits in ours is too long: the pains are cut, never what kind of mail this is."""
    if len(said) <= words.SUBJECT:
        return said
    title, bar, mail = said.rpartition(" | ")
    return words.shorten(title, chars=words.SUBJECT - len(bar + mail)) + bar + mail


def _preheader(say: Tongue, document: Document) -> str:
    """In some languages what fits in ours is too long, or too short for a phone to show nothing else beside it."""
    said = _within(say(document.preheader))
    fillers = [say(filler) for filler in words.FILLERS if filler not in document.preheader]
    return words.padded(said, fillers) if document.form == "full" else said


def _within(text: str) -> str:
    """A preheader of few enough characters, by leaving out a sentence of its middle or its end."""
    parts = _END.split(text)
    if len(text) <= LONGEST or len(parts) < 2:
        return text if len(text) <= LONGEST else words.shorten(text, chars=LONGEST)
    left = [" ".join(parts[:n] + parts[n + 1 :]) for n in (*range(1, len(parts)), 0)]
    return next((one for one in left if SHORTEST <= len(one) <= LONGEST), words.shorten(text, chars=LONGEST))


SHORTEST, LONGEST = words.PREHEADER


def _each(say: Tongue, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(say(text) for text in texts)


def of_pain(say: Tongue, pain: Pain) -> Pain:
    """A pain as its reader hears it; its name stays."""
    return replace(
        pain,
        who=say.word(pain.who, "who"),
        line=say(pain.line),
        facts=_each(say, pain.facts),
        quotes=tuple(_quote(say, q) for q in pain.quotes),
    )


def _away(say: Tongue, away: Away) -> Away:
    pains = tuple(replace(p, who=p.who and (say._count(p.who) or say(p.who))) for p in away.pains)
    text = listed(pains) or say(away.text)
    return replace(away, lead=say(away.lead), pains=pains, text=text, note=say(away.note))


def _quote(say: Tongue, quote: Quote) -> Quote:
    return replace(quote, by=say(quote.by), note=say(quote.note or "") or None)


def _unstated(say: Tongue, u: Unstated) -> Unstated:
    return replace(
        u,
        hypothesis=say(u.hypothesis),
        signals=tuple(say._signal(text) or say(text) for text in u.signals),
        wrong_if=say(u.wrong_if or "") or None,
        note=say(u.note or "") or None,
        ask=say(u.ask or "") or None,
    )
