"""Every number of a digest, with the question that it answers, so that it can be counted again.

A query is written like a call, `people(pain-id)`, and is answered from a `View` alone. `Book` is how composing speaks a
number: the value is what the query answers, so a sentence cannot say another number than its ledger entry.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline import answers, privacy
from pipeline.digest import before, passing, places, then, wider, words
from pipeline.digest.document import Entry
from pipeline.digest.material import Voice
from pipeline.digest.select import View

QUERY = re.compile(r"^(\w+)\((.*)\)$", re.DOTALL)
Answer = Callable[[View, str], Any]


def _people(view: View, pain: str) -> int | None:
    found = view.pain(pain)
    return found.count if found.visible else None


def _usual(view: View, pain: str) -> tuple[int, int] | None:
    return view.pain(pain).usual


def _across(view: View, pain: str) -> int | None:
    found = wider.whole(view, view.pain(pain))
    return None if found is None else found[1].count


def _usual_across(view: View, pain: str) -> tuple[int, int] | None:
    found = wider.whole(view, view.pain(pain))
    return None if found is None else found[1].usual


def _hour(view: View, asked: str, later: int) -> str:
    found = wider.hours(view, view.pain(asked))
    if found is None:
        raise ValueError(f"no hours are known of {asked}")
    return f"{found[1] + later}:00"


def _check_in(view: View, part: str) -> int:
    """How many were asked, answered, or chose a band of a question ("work agree")."""
    found = view.check_in
    if found is None or not found.numbers:
        raise ValueError("the check-in has no number that may be told")
    if part in ("asked", "answers"):
        return found.count.asked if part == "asked" else found.count.answers
    question, _, band = part.partition(" ")
    return found.count.bands[question, band]


def _week_counts(view: View, pain: str) -> tuple[int | None, ...]:
    return view.told_weeks(view.pain(pain))


def _issues(view: View, part: str) -> int:
    if part.startswith("source "):
        return sum(v.source == part.removeprefix("source ") for v in view.voices)
    parts: Mapping[str, int] = {
        "read": len(view.voices),
        "friction": len(view.friction),
        "thanks": len(view.thanks),
        "other": len(view.voices) - len(view.friction) - len(view.thanks),
        "unplaced": len(view.unplaced),
    }
    return parts[part]


def _silent_weeks(view: View, team: str) -> int:
    return dict(places.heard_again(view))[team]


def _last_quiet_week(view: View, _: str) -> str | None:
    """The last week before this one that was heard in full and told this leader of no friction."""
    label = view.index.material.last_quiet.get(view.leader)
    return None if label is None else f"week {int(label[-2:])}"


def _set_aside(view: View, source: str) -> int:
    return {s.name: s.set_aside for s in view.sources}[source]


def _read_to(view: View, source: str) -> str | None:
    ends = {s.name: s.read_to for s in view.sources}
    end = ends[source]
    return None if end is None else words.moment(end, view.period.zone)


def _since(view: View, source: str) -> str | None:
    begins = {s.name: s.since for s in view.sources}[source]
    return None if begins is None else f"week {begins.isocalendar().week}"


def _span(view: View, _: str) -> str:
    return words.span(view.period.start, view.period.end, view.period.zone)


def _last_day(view: View, _: str) -> str:
    last = view.period.end.astimezone(ZoneInfo(view.period.zone)).date()
    from_monday = last.toordinal() - 1
    day = last.fromordinal(from_monday)
    return f"{day:%a} {day.day} {day:%b}"


def _standing(view: View, pain: str) -> answers.Answer:
    found = view.answered(pain)
    if found is None:
        raise ValueError(f"nobody answered {pain}")
    return found


def _own(view: View, pain: str) -> answers.Answer:
    return next(a for a in reversed(view.answers(pain)) if a.leader == view.leader)


def _missed(view: View, asked: str) -> int | None:
    """The people of a pain in a week that was missed; `asked` is "2026-W37 pain-id"."""
    week, _, pain = asked.partition(" ")
    return {one.week: dict(one.pains) for one in before.missed(view)}[week][pain]


def _missed_week(view: View, week: str) -> str:
    if all(one.week != week for one in before.missed(view)):
        raise ValueError(f"{week} was not missed")
    return f"week {int(week[-2:])}"


def _kept_back(view: View, _: str) -> str:
    """The week that was not sent, or how many were not."""
    weeks = [week for week, _ in view.index.material.kept_back[view.leader]]
    return f"week {int(weeks[0][-2:])}" if len(weeks) == 1 else f"{len(weeks)} weeks"


def _storm(view: View) -> tuple[int, str]:
    found = view.common_day
    if found is None:
        raise ValueError("nothing that is above usual has a day in common")
    day, many = found
    return many, f"{day:%a} {day.day} {day:%b}"


def _said_before(view: View, asked: str) -> int:
    pain, _, monday = asked.partition(" ")
    return view.index.material.told_before[view.leader][pain, date.fromisoformat(monday)]


def _counted_now(view: View, asked: str) -> int:
    pain, _, monday = asked.partition(" ")
    return then.people(view, pain, date.fromisoformat(monday))


def _marked_wrong(view: View, number: str) -> str | None:
    at = next(one.at for one in view.index.material.objections if one.id == int(number))
    return _day(at, view)


def _median_wait(view: View, _: str) -> int | None:
    found = answers.median_wait(view.waits)
    return None if found is None else int(found)


def _day(at: datetime, view: View) -> str:
    return str(_date(at.astimezone(ZoneInfo(view.period.zone)).date()))


def _date(day: date | None) -> str | None:
    return None if day is None else f"{day.day} {day:%b}"


ANSWERS: dict[str, Answer] = {
    "people": _people,
    "check_in": _check_in,
    "usual": _usual,
    "across": _across,
    "usual_across": _usual_across,
    "hour": lambda view, pain: _hour(view, pain, 1),
    "hour_begin": lambda view, pain: _hour(view, pain, 0),
    "hour_end": lambda view, pain: _hour(view, pain, 3),
    "weeks": _week_counts,
    "last_week": lambda view, pain: _week_counts(view, pain)[-2],
    "teams": lambda view, pain: view.teams_behind(view.pain(pain)),
    "rising": lambda view, pain: view.pain(pain).rising,
    "episode": lambda view, pain: len(view.pain(pain).reading.episode),
    "waited": lambda view, pain: view.waited(view.pain(pain)),
    "waits_since": lambda view, pain: _day(passing.of(view, pain).stuck.first.created_at, view),
    "issues": _issues,
    "waiting": lambda view, _: len(view.waiting),
    "longest": lambda view, _: max((view.waited(p) for p in view.waiting), default=None),
    "median_wait": _median_wait,
    "listed": lambda view, _: len(view.waits),
    "answered": lambda view, _: sum(answered for _, answered in view.waits),
    "answered_on": lambda view, pain: _day(_standing(view, pain).at, view),
    "promised": lambda view, pain: _date(_standing(view, pain).due),
    "own_answered_on": lambda view, pain: _day(_own(view, pain).at, view),
    "own_promised": lambda view, pain: _date(_own(view, pain).due),
    "said_before": _said_before,
    "counted_now": _counted_now,
    "week_of": lambda _, monday: date.fromisoformat(monday).isocalendar().week,
    "marked_wrong": _marked_wrong,
    "above": lambda view, _: sum(p.trend in ("above usual", "new") for p in view.standing),
    "began": lambda view, _: _storm(view)[0],
    "began_on": lambda view, _: _storm(view)[1],
    "kept_back": _kept_back,
    "missed": _missed,
    "missed_week": _missed_week,
    "away": lambda view, _: len(before.missed(view)),
    "came_back": lambda view, pain: view.pain(pain).came_back,
    "listened": lambda view, _: view.listened,
    "silent_weeks": _silent_weeks,
    "last_quiet_week": _last_quiet_week,
    "read_to": _read_to,
    "since": _since,
    "working_days": lambda view, _: f"{view.days(view.monday)} of {len(view.index.material.workdays.weekdays)}",
    "set_aside": _set_aside,
    "span": _span,
    "last_day": _last_day,
    "week": lambda view, _: int(view.period.label[-2:]),
    "now": lambda view, _: words.moment(view.generated_at, view.period.zone),
    "floor": lambda _, name: {"group": privacy.GROUP, "behind": privacy.BEHIND}[name],
    "more": lambda view, shown: len(view.standing) - int(shown),
}


def answer(query: str, view: View) -> Any:
    """Count again. Raises KeyError or ValueError for a query that this view cannot answer."""
    match = QUERY.match(query)
    if match is None:
        raise ValueError(f"not a query: {query!r}")
    return ANSWERS[match[1]](view, match[2])


class Book:
    """Collects the entries of one digest while its sentences are made."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._entries: dict[tuple[str, str], Entry] = {}

    def ask(self, query: str) -> Any:
        return answer(query, self.view)

    def say(self, form: str, query: str, voices: tuple[Voice, ...] = ()) -> str:
        """The value of a query in a phrase; `{}` stands for it. The phrase becomes a ledger entry."""
        value = self.ask(query)
        said = f"{value[0]}-{value[1]}" if query.startswith("usual") else spoken(value)
        text = form.replace("{}", said)
        self._entries[text, query] = Entry(text=text, value=value, query=query, issues=self.view.keys(voices))
        return text

    def entries(self, mail: str) -> tuple[Entry, ...]:
        """The entries of what finally stands in the mail, in a fixed order."""
        flat = " ".join(mail.split()).casefold()
        return tuple(e for (text, _), e in sorted(self._entries.items()) if " ".join(text.split()).casefold() in flat)


def spoken(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join("-" if v is None else str(v) for v in value)
    return str(value)
