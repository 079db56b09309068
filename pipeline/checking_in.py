"""Asking people once a week how it was, by mail: each is asked once, in working hours, or not at all that week.

The mail goes the way of every mail (`steps.prepare`, `steps.record`). Its link carries a ticket and not a person, and
its bytes are forgotten once it is settled, so that nothing that is kept leads from a person to a ticket.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipeline import check_in, periods
from pipeline.check_in import Asking
from pipeline.digest import mime, render
from pipeline.digest.render import Block, Section
from pipeline.house import House
from pipeline.issue import Period
from pipeline.store import check_ins, digests, forgotten, registry, work

ASKED, CLEARED = "check-in asked", "check-in cleared"
"""Marks: the last week in which people were asked, and the one in which the tickets of those before were deleted."""


def wake(session: Session, house: House, now: datetime) -> None:
    """Write down whom to ask this week, once, as soon as the first is due; each mail then waits for its time."""
    asking, links, period = house.check_in, house.links, periods.period_at(now, house.zone)
    if registry.mark(session, CLEARED) != period.label:
        check_ins.forget_tickets(session, period.label)
        registry.set_mark(session, CLEARED, period.label)
    if asking is None or links is None or registry.mark(session, ASKED) == period.label:
        return
    zones = {person.timezone or house.zone for person in house.org.people.values() if person.email}
    if all(check_in.due(period, asking, zone) > now for zone in zones):
        return
    asked = check_in.members(house.org, asking, _never(session, house))
    grouped = check_in.groups(house.org, asked)
    if not grouped or min(_due(house, asking, period, person) for person in grouped) > now:
        return
    registry.set_mark(session, ASKED, period.label)
    tickets: dict[str, list[str]] = defaultdict(list)
    for person, team in grouped.items():
        tickets[team].append(links.ticket(person, period.label))
    for team in sorted(tickets):
        check_ins.begin(session, period.label, team, tickets[team], asking.questions)
    for person in sorted(grouped):
        _invite(session, house, period, person, grouped[person], now)


def _never(session: Session, house: House) -> set[str]:
    """Who said stop, and who was forgotten and stands in the org chart still."""
    who = forgotten.known(session)
    gone = {one for one in house.org.people if who.person(one) is not None} if who is not None else set()
    return {*check_ins.stopped(session), *gone}


def _due(house: House, asking: Asking, period: Period, person: str) -> datetime:
    return check_in.due(period, asking, house.org.people[person].timezone or house.zone)


def _invite(session: Session, house: House, period: Period, person: str, team: str, now: datetime) -> None:
    document = {"schema": 1, "form": digests.CHECK_IN, "leader": person, "week": period.label, "team": team}
    name = digests.check_in_name(period.label)
    digest = digests.aside(session, digests.CHECK_IN, person, name, document, now)
    address = house.org.people[person].email or ""
    mail = digests.address(session, digest, address, mime.message_id(house.domain, person, name, 1))
    work.request(session, "deliver", str(mail))


@dataclass(frozen=True, slots=True)
class Checked:
    """A mail that is about to be sent: why it must not be, or how long to wait."""

    refused: str | None = None
    wait: timedelta | None = None


def recheck(session: Session, digest: digests.StoredDigest, house: House, now: datetime) -> Checked:
    person = digest.leader
    asking, period = house.check_in, periods.week_of(str((digest.document or {})["week"]), house.zone)
    if asking is None or house.links is None:
        return Checked(refused="the check-in was turned off")
    if person not in house.org.people or person in _never(session, house):
        return Checked(refused="they are not to be asked any more")
    at = max(now, _due(house, asking, period, person))
    opens = house.ladder.hours(house.org, person, house.zone, house.workdays).next_open(at)
    if opens >= period.end:
        return Checked(refused="the week was over before there was an hour to ask in")
    return Checked(wait=opens - now if opens > now else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of the mail to one person."""

    leader: str
    subject: str
    preheader: str
    opening: str
    generated_at: datetime
    sections: tuple[Section, ...]
    language: str = "en"

    def text(self) -> str:
        return render.text_of(self, self.sections)

    def html(self) -> str:
        return render.html_of(self, self.sections)


def words(digest: digests.StoredDigest, house: House) -> Asked:
    """What somebody is asked. Raises ValueError where the check-in was turned off."""
    asking, links, said = house.check_in, house.links, digest.document or {}
    if asking is None or links is None:
        raise ValueError("the check-in was turned off")
    period = periods.week_of(str(said["week"]), house.zone)
    page = links.to(
        "check-in",
        reader=links.ticket(digest.leader, period.label),
        made_at=period.start,
        period=period.label,
        about=str(said["team"]),
        life=period.end - period.start,
    )
    first = (
        Block(kind="para", text="Do you agree?"),
        *(Block(kind="numbered", number=n, text=f"{text}.") for n, text in enumerate(asking.questions.values(), 1)),
        Block(kind="button", label="Answer on one page", url=page),
        Block(kind="para", text="It takes half a minute, before the week ends. Nobody will remind you."),
    )
    why = (
        Block(kind="para", text="Nobody can see who answered what: answers are added up, without names or times."),
        Block(kind="para", text="Leaders read of at least five answers of at least five people, and mostly in words."),
        Block(kind="para", text="The link is yours alone: please do not forward this mail."),
        Block(kind="link", label="Never ask me again", url=links.lasting("check-in-stop", digest.leader)),
    )
    return Asked(
        leader=digest.leader,
        subject=f"Two questions about your week at {house.name}"[:76],
        preheader="Half a minute, without your name. Nobody will remind you.",
        opening="Two questions about your week",
        generated_at=_due(house, asking, period, digest.leader),
        sections=(
            Section(title="", blocks=first),
            Section(title="What becomes of it", blocks=why, small=True),
        ),
    )
