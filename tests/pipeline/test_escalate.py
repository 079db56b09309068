"""The ladder by itself: working time, who is next, how often a reader may be called, and which rule calls at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import escalate
from pipeline.answers import Answer
from pipeline.escalate import Asked, Hours, NotNow, Pull, Rest, Rule, Tell, Wait
from pipeline.org import Org, Person, Team
from pipeline.workdays import DaysOff, Workdays

VIENNA = Hours("Europe/Vienna")
RULE = Rule(name="escalate")
RUNGS = ("kit", "noor")


def at(text: str) -> datetime:
    """A wall time in Vienna, "2026-03-02 10:00" (a Monday)."""
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA.local(datetime.now(UTC)).tzinfo)


def asked(reader: str, text: str, due: str, **more: bool) -> Asked:
    return Asked(reader=reader, at=at(text), due=at(due), **more)


def step(
    *told: Asked, now: str, rule: Rule = RULE, snoozed: str | None = None, sent: tuple[str, ...] = ()
) -> Tell | Wait | Rest:
    return escalate.next_step(
        rule,
        RUNGS,
        told,
        since=at("2026-03-02 10:00"),
        snoozed_until=at(snoozed) if snoozed else None,
        now=at(now),
        free=lambda _: escalate.free_at(VIENNA, at(now), [at(one) for one in sent], 1, 3),
        hours=lambda _: VIENNA,
    )


@pytest.mark.parametrize(
    ("start", "within", "ends"),
    [
        ("2026-03-02 10:00", "1d", "2026-03-03 10:00"),
        ("2026-03-06 10:00", "1d", "2026-03-09 10:00"),  # over a weekend
        ("2026-03-02 22:00", "1d", "2026-03-04 08:00"),  # from the next opening on
        ("2026-03-06 17:00", "4h", "2026-03-09 10:00"),
        ("2026-03-02 18:50", "15m", "2026-03-03 08:05"),
        ("2026-03-27 12:00", "1d", "2026-03-30 12:00"),  # over the change to summer time
    ],
)
def test_time_to_answer_is_working_time(start: str, within: str, ends: str) -> None:
    assert VIENNA.ends(at(start), within) == at(ends)


def test_days_off_of_the_organisation_and_of_a_team_are_no_working_days() -> None:
    off = Workdays(
        off=(
            DaysOff(date(2026, 3, 3), date(2026, 3, 3)),
            DaysOff(date(2026, 3, 4), date(2026, 3, 4), frozenset({"roasting"})),
        )
    )

    roasting = Hours("Europe/Vienna", workdays=off, path=("roasting", "rosta"))
    delivery = Hours("Europe/Vienna", workdays=off, path=("delivery", "rosta"))

    assert roasting.ends(at("2026-03-02 10:00"), "1d") == at("2026-03-05 10:00")
    assert delivery.ends(at("2026-03-02 10:00"), "1d") == at("2026-03-04 10:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  (their zone is given below)
    st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]),
    st.sampled_from(["15m", "1h", "9h", "1d", "3d"]),
)
def test_a_deadline_is_always_later_and_in_working_time(moment: datetime, zone: str, within: str) -> None:
    hours, now = Hours(zone), moment.replace(tzinfo=UTC)

    ends = hours.ends(now, within)
    local = hours.local(ends)

    assert ends > now
    assert local.weekday() < 5
    assert 8 <= local.hour + local.minute / 60 <= 19


def test_what_goes_out_at_once_is_counted_in_plain_time() -> None:
    rule = Rule(name="safety", within="15m", at_once=True)

    assert escalate.deadline(rule, VIENNA, at("2026-03-07 23:50")) == at("2026-03-08 00:05")


def test_the_nearest_is_asked_first_then_whoever_is_above_with_a_copy_to_the_first() -> None:
    first = step(now="2026-03-02 10:00")
    kit = asked("kit", "2026-03-02 10:00", "2026-03-03 10:00")

    assert first == Tell("kit", (), at("2026-03-03 10:00"))
    assert step(kit, now="2026-03-03 09:59") == Wait(at("2026-03-03 10:00"))
    assert step(kit, now="2026-03-03 10:00") == Tell("noor", ("kit",), at("2026-03-04 10:00"))


def test_at_the_top_nobody_is_asked_again() -> None:
    kit = asked("kit", "2026-03-02 10:00", "2026-03-03 10:00")
    noor = asked("noor", "2026-03-03 10:00", "2026-03-04 10:00")

    assert step(kit, noor, now="2026-03-04 09:00") == Wait(at("2026-03-04 10:00"))
    assert step(kit, noor, now="2026-03-04 10:00") == Rest("top")


def test_a_mail_that_cannot_arrive_does_not_use_up_time() -> None:
    kit = asked("kit", "2026-03-02 10:00", "2026-03-03 10:00", failed=True)

    assert step(kit, now="2026-03-02 10:05") == Tell("noor", ("kit",), at("2026-03-03 10:05"))


def test_what_is_put_off_waits_until_then_and_climbs() -> None:
    kit = asked("kit", "2026-03-02 10:00", "2026-03-03 10:00")

    assert step(kit, now="2026-03-04 10:00", snoozed="2026-03-05 19:00") == Wait(at("2026-03-05 19:00"))
    assert step(kit, now="2026-03-06 08:00", snoozed="2026-03-05 19:00") == Tell(
        "noor", ("kit",), at("2026-03-09 08:00")
    )


def test_outside_working_hours_nobody_is_called_unless_it_is_a_matter_of_safety() -> None:
    at_once = Rule(name="safety", within="15m", at_once=True)

    assert step(now="2026-03-02 19:00") == Wait(at("2026-03-03 08:00"))
    assert step(now="2026-03-07 12:00") == Wait(at("2026-03-09 08:00"))
    assert isinstance(step(now="2026-03-07 03:00", rule=at_once), Tell)


def test_a_reader_gets_one_a_day_and_three_in_seven_days() -> None:
    assert step(now="2026-03-02 12:00", sent=("2026-03-02 08:00",)) == Wait(at("2026-03-03 08:00"))
    three = ("2026-03-02 08:00", "2026-03-03 08:00", "2026-03-04 08:00")
    assert step(now="2026-03-05 12:00", sent=three) == Wait(at("2026-03-09 08:00"))
    assert isinstance(step(now="2026-03-09 08:00", sent=three), Tell)


def test_what_cannot_be_told_for_a_week_is_left_to_the_digest() -> None:
    busy = ("2026-03-05 08:00", "2026-03-06 08:00", "2026-03-09 08:00")

    assert step(now="2026-03-09 10:00", sent=busy) == Rest("digest")


def pull(**more: object) -> Pull:
    base = Pull(tags=frozenset(), signals=frozenset(), severity=2, side="customer", people=1)
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (pull(), None),
        (pull(tags=frozenset({"escalate"})), "escalate"),
        (pull(person=True), "escalate"),
        (pull(severity=8), None),  # one voice alone calls nobody
        (pull(severity=8, people=2), "harm"),
        (pull(severity=8, people=2, side="none"), None),
        (pull(severity=8, safety=True), "safety"),
        (pull(severity=8, signals=frozenset({"security"})), "security"),
        (pull(tags=frozenset({"escalate"}), signals=frozenset({"legal"})), "legal"),
        (pull(tags=frozenset({"escalate", "private"})), None),
        (pull(tags=frozenset({"escalate", "mute"})), None),
        (pull(person=True, signals=frozenset({"hr"})), None),
    ],
)
def test_which_rule_calls(given: Pull, rule: str | None) -> None:
    assert escalate.rule_for(given) == rule


def test_a_rule_that_is_wrong_too_often_is_demoted_and_one_that_no_digest_replaces_never() -> None:
    assert not escalate.demoted("escalate", 4, 4)
    assert not escalate.demoted("escalate", 10, 3)
    assert escalate.demoted("escalate", 10, 4)
    assert escalate.demoted("harm", 5, 2)
    assert not escalate.demoted("security", 10, 10)


ORG = Org(
    people={
        one: Person(id=one, name=one.title(), email=None if one == "mute" else f"{one}@rosta.example")
        for one in ("kit", "noor", "ada", "mute")
    },
    teams={
        "rosta": Team(id="rosta", name="Rosta", leader="noor"),
        "beans": Team(id="beans", name="Beans", parent="rosta", leader="mute"),
        "roasting": Team(id="roasting", name="Roasting", parent="beans", leader="kit"),
    },
    fallback="rosta",
)


def test_the_rungs_are_reachable_leads_upwards_each_once() -> None:
    assert escalate.ladder(RULE, ORG, "roasting") == ("kit", "noor")
    assert escalate.ladder(RULE, ORG, None) == ("noor",)
    assert escalate.ladder(RULE, ORG, "roasting", {"kit"}) == ("noor",)
    assert escalate.ladder(Rule(name="security", tell=("ada", "noor")), ORG, "roasting") == ("ada", "noor")


def test_only_an_honest_answer_by_somebody_accountable_since_then_ends_it() -> None:
    since = at("2026-03-02 10:00")

    def answer(leader: str, kind: str, days: int) -> Answer:
        return Answer(id=1, pain="p", leader=leader, kind=kind, text="x", at=since + timedelta(days=days))  # type: ignore[arg-type]

    assert escalate.answered([answer("kit", "act", 1)], since, {"kit"}) is not None
    assert escalate.answered([answer("kit", "belongs", 1)], since, {"kit"}) is None
    assert escalate.answered([answer("kit", "act", -1)], since, {"kit"}) is None
    assert escalate.answered([answer("ada", "act", 1)], since, {"kit"}) is None


def test_it_can_be_put_off_once_for_three_working_days() -> None:
    now = at("2026-03-05 10:00")

    assert escalate.snooze(VIENNA, now, "2026-03-10", None) == at("2026-03-10 19:00")
    for day, before in (("2026-03-11", None), ("2026-03-05", None), ("soon", None), ("2026-03-06", now)):
        with pytest.raises(NotNow):
            escalate.snooze(VIENNA, now, day, before)


@pytest.mark.parametrize(
    ("last", "levels"),
    [("2026-03-13", 0), ("2026-03-15", 0), ("2026-03-16", 1), ("2026-03-27", 1), ("2026-03-30", 2), ("2026-06-01", 6)],
)
def test_what_waits_climbs_a_level_every_ten_working_days(last: str, levels: int) -> None:
    monday = date(2026, 3, 2)

    assert escalate.levels_up(monday, date.fromisoformat(last), 10, Workdays(), ("roasting",)) == levels


def test_days_off_of_a_team_keep_its_pains_from_climbing() -> None:
    off = Workdays(off=(DaysOff(date(2026, 3, 9), date(2026, 3, 13), frozenset({"rosta"})),))

    assert escalate.levels_up(date(2026, 3, 2), date(2026, 3, 16), 10, off, ("roasting", "rosta")) == 0
    assert escalate.levels_up(date(2026, 3, 2), date(2026, 3, 16), 10, off, ("delivery",)) == 1


def test_what_sends_mail_unasked_is_off_by_default() -> None:
    rules = escalate.Ladder().rules

    assert {name for name, rule in rules.items() if not rule.enabled} == {"churn", "surge", "agent_load"}
    assert not escalate.Ladder().looks_for_outages
    assert set(rules) == set(escalate.NAMES)


# --- like an outage

CRIES = st.lists(
    st.builds(
        lambda minutes, author: escalate.Cry(at("2026-03-02 00:00") + timedelta(minutes=minutes), author),
        st.integers(0, 600) | st.sampled_from([0, 119, 120, 121, 240, 241]),
        st.sampled_from("abcdefg"),
    ),
    max_size=24,
)


def authors_of(cries: list[escalate.Cry], end: datetime) -> set[str]:
    return {cry.author for cry in cries if end - timedelta(hours=2) <= cry.at <= end}


@given(CRIES)
def test_a_crowd_is_five_different_authors_in_the_two_hours_to_a_voice(cries: list[escalate.Cry]) -> None:
    found = set(escalate.crowded(cries))

    assert found == {cry.at for cry in cries if len(authors_of(cries, cry.at)) >= 5}


@given(CRIES, st.integers(0, 900))
def test_an_outage_breaks_out_while_its_newest_voice_is_no_older_than_two_hours(
    cries: list[escalate.Cry], minutes: int
) -> None:
    now = at("2026-03-02 00:00") + timedelta(minutes=minutes)
    seen = [cry for cry in cries if cry.at <= now]
    ends = [cry.at for cry in seen if now - timedelta(hours=2) <= cry.at]

    assert escalate.breaks_out(seen, now, None) == any(len(authors_of(seen, end)) >= 5 for end in ends)


@given(CRIES, st.randoms())
def test_the_order_in_which_voices_arrive_makes_no_outage(cries: list[escalate.Cry], random: Random) -> None:
    now, shuffled = at("2026-03-02 04:00"), list(cries)
    random.shuffle(shuffled)

    assert escalate.breaks_out(cries, now, None) == escalate.breaks_out(shuffled, now, None)


def five(text: str, minutes: int = 0) -> list[escalate.Cry]:
    """Four at once, and the fifth so many minutes later."""
    first = [escalate.Cry(at(text), author) for author in "abcd"]
    return [*first, escalate.Cry(at(text) + timedelta(minutes=minutes), "e")]


@pytest.mark.parametrize(
    ("minutes", "later", "calls"),
    [(120, 120, True), (121, 120, False), (120, 240, True), (120, 241, False), (0, 0, True), (60, -1, False)],
)
def test_the_edges_of_an_outage(minutes: int, later: int, calls: bool) -> None:
    now = at("2026-03-02 10:00") + timedelta(minutes=later)
    seen = [cry for cry in five("2026-03-02 10:00", minutes) if cry.at <= max(now, at("2026-03-02 10:00"))]

    assert escalate.breaks_out(seen, now, None) is calls


def test_what_goes_on_is_no_second_outage_until_a_day_was_quiet() -> None:
    first, called = five("2026-03-02 10:00"), at("2026-03-02 10:10")
    goes_on = [*first, *five("2026-03-03 09:00"), *five("2026-03-04 08:00")]

    assert not escalate.breaks_out(first, at("2026-03-02 10:20"), called)
    assert not escalate.breaks_out(goes_on, at("2026-03-04 08:01"), called)
    assert not escalate.breaks_out([*first, *five("2026-03-03 10:10")], at("2026-03-03 10:11"), called)
    assert escalate.breaks_out([*first, *five("2026-03-03 10:11")], at("2026-03-03 10:12"), called)


def test_a_clock_that_is_far_ahead_makes_no_outage() -> None:
    assert escalate.breaks_out(five("2026-03-02 10:05"), at("2026-03-02 10:00"), None)
    assert not escalate.breaks_out(five("2026-03-02 10:06"), at("2026-03-02 10:00"), None)


def test_an_outage_goes_to_whoever_is_free_at_any_hour_and_waits_for_nobody() -> None:
    rule = Rule(name="outage_like", tell=("kit", "noor"), within="15m", at_once=True)
    night = at("2026-03-01 02:00")

    def told(**sent: tuple[str, ...]) -> Tell | Wait | Rest:
        return escalate.next_step(
            rule,
            RUNGS,
            (),
            since=night,
            snoozed_until=None,
            now=night,
            free=lambda who: escalate.free_day(VIENNA, night, [at(one) for one in sent.get(who, ())], 1, 3),
            hours=lambda _: VIENNA,
        )

    today, week = ("2026-03-01 01:00",), ("2026-02-24 09:00", "2026-02-25 09:00", "2026-02-26 09:00")
    assert told() == Tell("kit", (), night + timedelta(minutes=15))
    assert told(kit=today) == told(kit=week) == Tell("noor", (), night + timedelta(minutes=15))
    assert told(kit=today, noor=week) == Rest("digest")
