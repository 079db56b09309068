"""What will be quoted from a leader's area is shown to them before it goes: on a page that a short mail leads to.

The mail goes the way of every mail (`steps.prepare`, `steps.record`); its words are chosen when it is sent, so that
what became private is not in it, and its row keeps none of them. What a leader may not see is shown to them nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipeline import access, periods, preview
from pipeline.digest import mime, tongue, words
from pipeline.digest.call import Call
from pipeline.digest.phrasebook import Tongue
from pipeline.digest.render import Block, Section
from pipeline.house import House
from pipeline.issue import Period
from pipeline.org import Org
from pipeline.preview import Foreseen
from pipeline.store import digests, listeners, previews, registry, returned, triage, work
from pipeline.store import material as material_store

KIND = "preview"
"""Of the work that drafts what will be quoted in a week."""
AGAIN = timedelta(minutes=15)
"""How often that is looked at again while a preview is open; what a leader asks for is done at once."""
_LOOKED = "previewed "
"""Mark of a week: for whom it was drafted last, and when."""


def ask(session: Session, period: Period, readers: Sequence[str], now: datetime) -> None:
    """Ask for a draft of what these leaders will read, as soon as a preview opens and every now and then."""
    whose, _, at = (registry.mark(session, f"{_LOOKED}{period.label}") or "").rpartition(" ")
    asked = ",".join(readers)
    if asked != whose or now - datetime.fromisoformat(at) >= AGAIN:
        registry.set_mark(session, f"{_LOOKED}{period.label}", f"{asked} {now.isoformat()}")
        work.request(session, KIND, period.label)


def keep(
    session: Session,
    period: Period,
    drafted: Mapping[str, Sequence[Foreseen]],
    house: House,
    now: datetime,
) -> None:
    """Show what these leaders' drafts quote (reader to quotations) in place of what was shown, and tell those to whom
    something is shown, once a week. Doing it again changes nothing."""
    decided = digests.decided(session, period.label)
    fresh = [
        row
        for reader, rows in drafted.items()
        if reader not in decided
        for row in rows
        if _may_see(session, house.org, row.leader, row.issue)
    ]
    known = previews.shown(session, period.label)
    previews.hide(session, period.label, preview.gone(known, set(drafted) - decided, fresh))
    previews.show(session, period.label, [row for row in fresh if row not in known], now)
    for leader in sorted({row.leader for row in fresh}):
        _tell(session, period, leader, house, now)


def _tell(session: Session, period: Period, leader: str, house: House, now: datetime) -> None:
    name, address = digests.preview_name(period.label), house.org.people[leader].email
    if not address or _deaf(session, house, leader, now) is not None:
        return
    document = {"schema": 1, "form": digests.PREVIEW, "leader": leader, "week": period.label}
    last = max(house.due(period, reader) for reader in house.org.leaders)
    times = {"generated_at": now.isoformat(), "until": last.isoformat()}
    digest = digests.aside(session, digests.PREVIEW, leader, name, {**document, **times}, now)
    if not digests.mails(session, [digest]):
        mail = digests.address(session, digest, address, mime.message_id(house.domain, leader, name, 1))
        work.request(session, "deliver", str(mail))


def _deaf(session: Session, house: House, leader: str, now: datetime) -> str | None:
    """Why nothing is sent to a leader now."""
    if leader not in house.org.leaders:
        return f"{leader} leads no team any more"
    if leader in listeners.paused(session, now):
        return f"{leader} paused the leaf notes"
    return f"{leader} is unheard" if leader in returned.unheard(session, house.org) else None


def recheck(session: Session, digest: digests.StoredDigest, house: House, now: datetime) -> str | None:
    """Why a notice that is about to be sent must not be."""
    said = digest.document or {}
    if not house.preview:
        return "the preview was turned off"
    if now >= datetime.fromisoformat(said["until"]):
        return "the leaf notes went out before"
    why = _deaf(session, house, digest.leader, now)
    return why or (None if shown(session, str(said["week"]), digest.leader, house) else "nothing is quoted any more")


# --- what is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One leader who will read words, and when; `decided`: what they read can no longer be changed."""

    reader: str
    office: str
    at: datetime
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Words of an issue that a leader may see before others read them."""

    issue: str
    text: str
    readings: tuple[Reading, ...]

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is still to read them."""
        return any(now < one.at and not one.decided for one in self.readings)


def shown(session: Session, week: str, leader: str, house: House) -> list[Shown]:
    """What a leader sees of a week: as far as they may see it now, and it may be quoted now."""
    rows = previews.shown(session, week, leader)
    issues = {row.issue for row in rows}
    seen = {issue for issue in issues if _may_see(session, house.org, leader, issue)}
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.issue in seen and row.reader in house.org.people:
            found.setdefault((row.issue, row.text), []).append(row.reader)
    decided, period = digests.decided(session, week), periods.week_of(week, house.zone)
    return [
        Shown(
            issue=issue,
            text=text,
            readings=tuple(
                Reading(
                    reader=reader,
                    office=words.printable(house.org.office(reader, named=True)),
                    at=house.due(period, reader),
                    decided=reader in decided,
                )
                for reader in readers
            ),
        )
        for (issue, text), readers in found.items()
    ]


def _may_see(session: Session, org: Org, leader: str, issue: str) -> bool:
    """Whether a leader may see an issue, and it may be quoted."""
    who = access.reader(org, leader, operator=False)
    source, _, name = issue.partition(":")
    one = triage.one(session, (source, name))
    if who is None or one is None or material_store.may_not_be_quoted(session, [issue]):
        return False
    return access.may_see(who, org, one.issue, one.verdict, one.leaf, one.heard_by)


# --- the mail


def notice(session: Session, digest: digests.StoredDigest, house: House) -> Call:
    """What a leader is told: which words, who reads them, when they go, and where to answer."""
    said, leader = digest.document or {}, digest.leader
    week, until = str(said["week"]), datetime.fromisoformat(said["until"])
    say, zone = Tongue(house.speaks(leader)), house.zone_of(leader)
    page = None
    if house.links is not None:
        page = house.links.to("preview", reader=leader, made_at=until, period=week, life=timedelta())
    seen = shown(session, week, leader, house)
    goes = words.moment(min((reading.at for one in seen for reading in one.readings), default=until), zone)
    quotes = tuple(_quote(one, zone, say) for one in seen)
    until_then = say(f"You can add context until {goes}; then the leaf notes go.")
    return Call(
        leader=leader,
        subject=say("What will be quoted from your area"),
        preheader=until_then,
        opening=say("These words from your area will be read above you:"),
        generated_at=datetime.fromisoformat(said["generated_at"]),
        sections=(
            Section(title="", blocks=(*quotes, Block(kind="para", text=until_then), *_answer(page, say))),
            _rules(say),
        ),
        language=say.language,
    )


def _quote(one: Shown, zone: str, say: Tongue) -> Block:
    by = "; ".join(said_of(reading, zone, say) for reading in one.readings)
    return Block(kind="quote", text=f'"{one.text}"', lead=by, lang=tongue.marked(tongue.of(one.text), say.language))


def said_of(reading: Reading, zone: str, say: Tongue) -> str:
    """Who reads it, and when it goes to them."""
    return say(f"for {reading.office}, {words.moment(reading.at, zone)}")


def _answer(page: str | None, say: Tongue) -> tuple[Block, ...]:
    if page is None:
        text = "To add context, or if words should be shown to nobody, write to whoever runs Leafnotes before then."
        return (Block(kind="para", text=say(text)),)
    return (Block(kind="button", label=say("Add context, or keep private words back"), url=page),)


RULES = (
    "A line of context stands beside the words, in every mail that quotes them.",
    "Words are kept back only where they are private; that counts for everybody, and is logged with your name.",
    "The authors are not named, and please do not look for them.",
)


def _rules(say: Tongue) -> Section:
    blocks = tuple(Block(kind="para", text=say(rule)) for rule in RULES)
    return Section(title=say("What you can do"), blocks=blocks, small=True)
