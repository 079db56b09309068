"""Every sentence that Leafnotes says in its own voice, and the lint that keeps them free of blame.

Texts are written by hand and chosen by what the week holds; nothing here depends on chance or on a model.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Level = Literal["leaf", "middle", "top", "support"]

BLAMING = re.compile(
    r"\b(fail(?:s|ed|ure)? to|should(?: not|n't)? have|careless(?:ly|ness)?|lazy|lazily|forgot(?:ten)?|"
    r"did(?: not|n't) bother|caused by|worst|best|rank(?:s|ed|ing)?|under-?perform\w*|incompeten\w+|sloppy|"
    r"negligen\w+|(?:they|people|team|customers?|engineers?|agents?) \w+ again|fault of|to blame)\b",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"\b(themes?|topics?|tickets?)\b", re.IGNORECASE)
"""Words that mean something else here, or nothing: pains and issues are called pains and issues."""

KINDS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "jira": "Jira",
    "zendesk": "Zendesk",
    "linear": "Linear",
    "intercom": "Intercom",
    "servicenow": "ServiceNow",
    "freshdesk": "Freshdesk",
    "helpscout": "Help Scout",
    "gitea": "Gitea",
    "sentry": "Sentry",
    "slack": "Slack",
    "imap": "Mail",
    "file": "File",
}
NOUNS = {
    "customer": ("customer", "customers"),
    "engineer": ("engineer", "engineers"),
    "agent": ("agent", "agents"),
    "colleague": ("colleague", "colleagues"),
    "person": ("person", "people"),
}
ORDINALS = ("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def blame(text: str) -> list[str]:
    """The expressions in our own sentence that judge people or use a word we do not use."""
    return [m.group(0) for pattern in (BLAMING, FOREIGN) for m in pattern.finditer(text)]


def nouns(noun: str, count: int) -> str:
    return NOUNS[noun][0 if count == 1 else 1]


def some(noun: str, count: int) -> str:
    """People in words, where their number may not be shown."""
    if count >= 3:
        return f"Several {NOUNS[noun][1]}"
    return "One or two customers" if noun == "customer" else f"Heard from too few {NOUNS[noun][1]} to count"


def ordinal_week(weeks: int) -> str:
    return f"{ORDINALS[weeks]} week" if weeks < len(ORDINALS) else "More than ten weeks"


def listing(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


LINKISH = re.compile(
    r"\w+://\S*|www\.\S+|[\w.-]+\.(?:com|net|org|io|dev|app|co|info|biz|ru|xyz|link|site|online|click|example)\b\S*",
    re.IGNORECASE,
)
"""What mail programs turn into a link by themselves."""
_UNSAFE = {"Cc", "Cf", "Co", "Cs", "Cn"}


def printable(text: str) -> str:
    """One line without control, direction and invisible characters. Double quotes are for quotations: made single."""
    if text.isascii() and text.isprintable() and '"' not in text:
        return " ".join(text.split())
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSAFE)
    return " ".join(kept.translate({ord(q): "'" for q in '"“”„‟«»'}).split())


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DANGLING = frozenset(
    split(
        "a an the of in on at to for with and or but by from is are was were be been that which when while as not no "
        "its their our your my it this these into than then so if has have had can"
    )
)


def shorten(text: str, words: int = 99, chars: int = 999) -> str:
    """The beginning of a title within both limits, cut between words and never after a dangling one, marked as cut."""
    whole = text.rstrip(" .!:;,")
    parts = whole.split()
    if len(parts) <= words and len(whole) <= chars:
        return whole
    kept: list[str] = []
    for part in parts[:words]:
        if len(" ".join([*kept, part])) > chars - 1:
            break
        kept.append(part)
    while len(kept) > 1 and kept[-1].lower().strip(",;:") in _DANGLING:
        kept.pop()
    head = " ".join(kept) if kept else whole[: chars - 1]
    return head.rstrip(" ,;:.-") + "…"


def moment(at: datetime, zone: str) -> str:
    """ "Fri 18 Sep 18:05" in the organisation's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def reason(problem: str | None) -> str:
    """A source's own account of its trouble, short and without links and addresses. Empty where it gave none."""
    bare = re.sub(r"\S+@\S+", "[address]", LINKISH.sub("[link]", problem or ""))
    return shorten(printable(bare), words=8, chars=60)


def span(start: datetime, end: datetime, zone: str) -> str:
    """ "14-20 Sep" for a half-open week."""
    first, last = start.astimezone(ZoneInfo(zone)), (end - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day} {last:%b}"
    return f"{first.day} {first:%b}-{last.day} {last:%b}"


_LEVELS: tuple[tuple[Level, str, str], ...] = (
    ("leaf", "Sit with", "Ask at stand-up"),
    ("middle", "Where to sit for 30 minutes", "Three questions for your team leads"),
    ("top", "Where to sit for 30 minutes", "Three questions for your directors"),
    ("support", "Sit with", "Ask your team"),
)
HEADINGS: dict[Level, dict[str, str]] = {
    level: {
        "since": "What changed since you acted",
        "words": "In their words",
        "also": "Also open",
        "once": "Also heard, once each",
        "yours": "Yours to fix, and not yours",
        "unstated": "What nobody said, but the issues suggest (hypotheses, please test)",
        "quiet": "Quiet voices",
        "sit": sit,
        "questions": questions,
        "wins": "Wins",
        "heard": "How fast we hear",
        "made": "How this was made",
    }
    for level, sit, questions in _LEVELS
}

SAID = {
    "workaround": "home-made workarounds",
    "repeat_contact": "repeat contacts about the same thing",
    "reopened": "issues that were closed and came back",
    "found_by_third_party": "faults first noticed by outsiders",
    "doc_mismatch": "questions that the help page claims to answer",
    "confusion": "doubt whether this is how it is meant to work",
    "rerun": "re-runs until green",
    "distrust": "red results that are no longer believed",
    "bypass": "checks skipped to meet a deadline",
    "waiting": "work that stands and waits",
    "long_silence": "requests with no reply for a long time",
    "no_owner": "things that nobody owns",
    "churn": "talk of leaving, or of other products",
    "priority_mismatch": "money or harm filed at an everyday priority",
    "macro_gap": "answers pasted from private notes",
    "apology_load": "apologies with nothing new to say",
    "abandonment": "conversations that were let drop",
    "out_of_hours": "writing late at night or at weekends",
    "backlog_growth": "a list of known faults that grows",
    "feature_plea": "wishes shaped like features",
    "frustration": "strong words",
    "me_too": "others who chime in",
    "praise_contrast": "thanks to people in spite of the product",
}
ALIASES = {
    "reopen": "reopened",
    "cannot_reproduce": "reopened",
    "repeat": "repeat_contact",
    "repeated_contact": "repeat_contact",
    "failed_contact": "long_silence",
    "gate_bypass": "bypass",
    "gate_distrust": "distrust",
    "retry": "rerun",
    "documented_question": "doc_mismatch",
    "documentation": "doc_mismatch",
    "docs": "doc_mismatch",
    "self_doubt": "confusion",
    "third_party": "found_by_third_party",
    "permission_waiting": "waiting",
    "waiting_on_eng": "waiting",
    "our_silence": "long_silence",
    "silence": "long_silence",
    "ping_pong": "no_owner",
    "competitor": "churn",
    "comparison": "churn",
    "manual_work": "workaround",
    "gave_up": "abandonment",
    "apology": "apology_load",
    "feature_shaped": "feature_plea",
}


def signal(name: str) -> str:
    """Our own name of a signal, whatever the classifier calls it."""
    return ALIASES.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunch:
    """A hypothesis that two different signals of one pain suggest: one of `first` with one of `second`."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    side: str | None
    says: str
    wrong_if: str


def _hunch(first: str, second: str, side: str | None, says: str, wrong_if: str) -> Hunch:
    return Hunch(first=tuple(first.split()), second=tuple(second.split()), side=side, says=says, wrong_if=wrong_if)


HUNCHES = (
    _hunch(
        "rerun distrust",
        "bypass distrust rerun",
        "developer",
        "The quality gate no longer stops anyone",
        "main broke no more often than usual",
    ),
    _hunch(
        "found_by_third_party",
        "workaround repeat_contact doc_mismatch",
        "customer",
        "Customers, not our checks, are the safety net",
        "our own monitoring saw these faults earlier",
    ),
    _hunch(
        "reopened",
        "repeat_contact long_silence",
        "customer",
        "Closing without a cure teaches customers to stop adding detail",
        "reopened issues are rarer than last quarter",
    ),
    _hunch(
        "churn",
        "repeat_contact long_silence workaround confusion",
        "customer",
        "Some customers are comparing while they wait",
        "renewals among those who wrote are unchanged",
    ),
    _hunch(
        "priority_mismatch",
        "repeat_contact workaround out_of_hours",
        "customer",
        "Our form does not let people say how bad it is",
        "issues like these are raised on the day they arrive",
    ),
    _hunch(
        "doc_mismatch confusion",
        "workaround repeat_contact",
        None,
        "The page and the product disagree, so people trust neither",
        "the page was read by those who wrote and matches what they see",
    ),
    _hunch(
        "repeat_contact long_silence abandonment",
        "workaround",
        "customer",
        "They have stopped waiting for us and live around it",
        "those with a workaround say that it costs them nothing",
    ),
    _hunch(
        "macro_gap workaround",
        "apology_load waiting",
        "developer",
        "The official answer is behind the product, and people carry the gap themselves",
        "the answers in use were checked against the present release",
    ),
    _hunch(
        "waiting long_silence",
        "workaround bypass rerun",
        None,
        "A wait has become so normal that people plan around it",
        "the same wait is shorter than a month ago",
    ),
    _hunch(
        "no_owner long_silence backlog_growth",
        "rerun waiting workaround",
        None,
        "Nobody owns this, so everybody pays a little",
        "one team can say when it last decided about it",
    ),
    _hunch(
        "feature_plea",
        "workaround repeat_contact churn",
        "customer",
        "Different wishes, one job underneath",
        "those who wished describe different jobs when asked",
    ),
)
HINTS = {
    "workaround": "A workaround is in use; a silent fix could break somebody's routine, so tell before you ship",
    "found_by_third_party": "An outsider noticed first, so our own checks may not look there",
    "doc_mismatch": "The help page and the product may disagree",
    "waiting": "Waiting may push people to batch their work, which makes reviews harder",
    "long_silence": "The silence may hurt more than the fault",
    "repeat_contact": "The first answer may not have answered",
    "reopened": "The first cure may have treated the symptom",
    "rerun": "Red may have stopped meaning anything",
    "confusion": "The product may not show what it is doing",
    "priority_mismatch": "The form may not let people say how bad it is",
}
NOTES = (
    ("churn", "Some speak of leaving."),
    ("repeat_contact", "Some have written before."),
    ("long_silence", "Some still wait for any reply."),
    ("priority_mismatch", "It was filed at an everyday priority."),
    ("doc_mismatch", "The help page says otherwise."),
    ("found_by_third_party", "Outsiders noticed first."),
    ("workaround", "People get by with their own workaround."),
)
"""What the issues of a pain show beside the words quoted, the most telling first."""
ASK = {
    "leaf": {
        "customer": "Smallest useful step today: write one honest line to the people behind number {n}",
        "developer": "Smallest useful step today: tell your team what happens next with number {n}",
    },
    "middle": {
        "customer": "One thing only you can do: decide which team answers number {n}",
        "developer": "One thing only you can do: clear the way between the teams for number {n}",
    },
    "top": {
        "customer": "One thing only you can do: give number {n} an owner",
        "developer": "One thing only you can do: give number {n} an owner and a limit to what it may cost",
    },
    "support": {
        "customer": "One thing only you can do: tell the customers of number {n} what we know",
        "developer": "One thing only you can do: change the wording or the rule behind number {n}",
    },
}
NO_ASK = "Nothing this week needs you alone."
SIT = {
    "leaf": {
        "developer": "Pair on one change, from start to finished, where number {n} is felt. Offer it to the whole "
        "team; do not pick a person from this mail.",
        "customer": "Take number {n} through the product yourself, as a customer would, and have the team watch with "
        "you. Write down where you stop.",
    },
    "middle": {
        "developer": "One planning or release hour of a team that meets number {n}. Ask its lead to offer it; the team "
        "may say no. Ask what, then why. Fix nothing in the room.",
        "customer": "Half an hour beside whoever answers customers about number {n}. Ask the lead to offer it; the "
        "answer may be no. Listen; fix nothing in the room.",
    },
    "top": {
        "developer": "With whoever is at work when number {n} strikes. Ask the lead to offer it; the person may say "
        "no. Go to watch; ask what, then why. Fix nothing in the room.",
        "customer": "Beside a customer who lives with number {n}, by phone or on site. Ask Support to arrange it; the "
        "customer may say no. Watch; promise nothing.",
    },
    "support": {
        "developer": "One hour beside the people who meet number {n}, listening. Do not take the queue; you would "
        "slow the person you came to understand.",
        "customer": "One hour beside the queue where number {n} arrives, listening. Do not take it over; you "
        "would slow the person you came to understand.",
    },
}
QUESTIONS: dict[Level, dict[str, tuple[str, ...]]] = {
    "leaf": {
        "customer": (
            "Which customer sentence above surprised you?",
            "What would a customer see us do if they sat here for a day?",
            "Which of our customers' workarounds would you rather they did not need?",
        ),
        "developer": (
            "What did you do twice this week that should take once?",
            "Which wait did you plan around this week, and who else pays for it?",
            "What would our customers notice if your day had less friction?",
        ),
        "silence": (
            "What would you have filed if you thought it would be read?",
            "What did we stop mentioning because it never changes?",
            "Whose voice is missing above?",
        ),
        "trade": (
            "If we fixed only number {n} this week, what would we have to leave?",
            "What could we stop doing to make room for number {n}?",
        ),
    },
    "middle": {
        "customer": (
            "Which customer sentence above did your team read before today?",
            "What do our customers do by hand that they do not tell us?",
            "Who in your team last spoke with a customer, and what changed after it?",
        ),
        "developer": (
            "What is your team doing by hand that the customers pay for in the end?",
            "Where do your people wait for another team, and who knows it?",
            "What would our customers notice if number {n} were gone?",
        ),
        "silence": (
            "Which pain has your team stopped reporting, and what taught them to stop?",
            "Which of your people have we not heard from, and how could all be asked at once?",
            "What do you already know that is not in this mail?",
        ),
        "trade": (
            "If number {n} were the only thing fixed this month, what would have to stop?",
            "What would you trade for an end to number {n}?",
        ),
    },
    "top": {
        "customer": (
            "Which customer sentence above would we be embarrassed to read aloud, and what follows from it?",
            "What do customers do by hand because our product does not?",
            "How would we know of number {n} if no customer had written?",
        ),
        "developer": (
            "What are your teams doing by hand that they would be embarrassed to show me?",
            "Which customer would notice first if number {n} were gone?",
            "Which of our rules makes honest work slower?",
        ),
        "silence": (
            "Which pain have people stopped reporting, and what did we do that taught them to stop?",
            "Who has not written for weeks, and how do we ask everyone instead of them?",
            "What do you know that would never reach this mail?",
        ),
        "trade": (
            "If number {n} were the only thing we fixed this month, what would we have to stop?",
            "What are we protecting that costs us an end to number {n}?",
        ),
    },
    "support": {
        "customer": (
            "Which sentence are you tired of typing?",
            "What do customers do to get by that they do not tell us?",
            "Which customer would you call today if you had an hour?",
        ),
        "developer": (
            "Which customer question has no good answer in our own pages?",
            "What do you keep in your private notes that customers deserve to read?",
            "Which sentence are you tired of typing?",
        ),
        "silence": (
            "Which customers have stopped writing to us, and what did we last tell them?",
            "What have you stopped passing on because nothing came back?",
            "Which complaint do you hear that nobody writes down?",
        ),
        "trade": (
            "What would let you tell a customer that number {n} is fixed, this month?",
            "Which of our rules would you bend for the people behind number {n}?",
        ),
    },
}
QUIET_QUESTION = "One question to ask: what did we not file?"
PLEASE = "Please do not look for the author. Ask every team instead."


def pick(options: Sequence[str], week: int) -> str:
    """The same choice for the same week, another one next week."""
    return options[week % len(options)]


def labels(sources: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A readable name for each (source, kind): the kind's own name where it is the only one of its kind."""
    pairs = sorted(set(sources))
    kinds = [kind for _, kind in pairs]
    return {name: KINDS.get(kind, capital(kind)) if kinds.count(kind) == 1 else name for name, kind in pairs}
