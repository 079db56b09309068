"""What each leader is told: a document decided once, checked by the gates and beside the others, and put on its way."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import listening, periods, preview, standing_in
from pipeline.digest import gates, mime, render
from pipeline.digest.compose import compose as compose_document
from pipeline.digest.document import Document
from pipeline.digest.index import Index, index
from pipeline.digest.material import Material
from pipeline.house import House
from pipeline.issue import Period
from pipeline.links import Links, to_store
from pipeline.org import Org
from pipeline.standing_in import Away
from pipeline.store import digests, issues, registry, work
from pipeline.store import material as material_store
from pipeline.store.withheld import withheld


def plan(
    session: Session, *, now: datetime, zone: str, due: Callable[[Period, str], datetime], org: Org
) -> dict[Period, dict[str, datetime]]:
    """Which leaders are due in which period: each in the newest one whose moment, which `due` tells, has come.

    Weeks that a leader missed because the system was down become rows that say so, and are not mailed all at once.
    """
    if issues.first_created(session) is None:
        return {}  # before anything was read there is nothing to tell, and a first mail should not be an apology
    newest = periods.last_ended(now, zone)
    running = digests.last_period(session, newest.label) is not None
    planned: dict[Period, dict[str, datetime]] = {}
    for leader in org.leaders:
        period = newest
        while (moment := due(period, leader)) > now:  # days off may carry a week's digests past the end of the next
            period = periods.before(period)
        if period == newest or running:  # a new deployment does not begin with the week before the last
            planned.setdefault(period, {})[leader] = moment
    for period, leaders in planned.items():
        settled = digests.decided(session, periods.before(period).label)
        late = [leader for leader in leaders if leader not in settled]
        course = digests.course(session, late, period.label)
        for leader in late:
            last, first = course.get(leader, (None, None))
            begun = first if last is None else periods.after(periods.week_of(last, period.zone)).label
            if begun is not None:
                _skip_missed(session, leader, begun, period, now)
    return planned


def _skip_missed(session: Session, leader: str, first: str, period: Period, now: datetime) -> None:
    """The weeks from the first one to the last before this period."""
    missed = periods.week_of(first, period.zone)
    while missed.label < period.label:
        digests.decide(
            session,
            leader=leader,
            period=missed.label,
            state="skipped",
            document=None,
            reason="stale: the system was down when it was due, and over the whole week that followed",
            at=now,
        )
        missed = periods.after(missed)


@dataclass(frozen=True, slots=True)
class Written:
    """A document with its two renderings, and the gates that it fails."""

    document: Document
    text: str
    html: str
    failures: tuple[str, ...]


def write(
    material: Material,
    leader: str,
    period: Period,
    house: House,
    generated_at: datetime,
    indexed: Index | None = None,
    unsaid: frozenset[str] = frozenset(),
) -> Written:
    """Compose and render one leader's digest. Pure: nothing is stored or sent. `indexed` is shared by all leaders."""
    indexed = indexed or index(material, house.org)
    document = compose_document(
        leader=leader,
        period=period,
        org=house.org,
        material=material,
        organisation=house.name,
        generated_at=generated_at,
        index=indexed,
        link=_answering(house.links, leader, period, generated_at),
        page=_page(house.links, leader, period, generated_at),
        unsaid=unsaid,
        by_line=house.returns is not None and house.returns.plain("reply") is not None,
        language=house.speaks(leader),
    )
    text, html = render.both(document)
    failures = gates.failures(document, text, html, material, house.org, indexed, unsaid)
    return Written(document, text, html, tuple(failures))


def _answering(links: Links | None, leader: str, period: Period, made_at: datetime) -> Callable[[str], str] | None:
    """The address at which a leader answers a pain."""
    if links is None:
        return None
    return lambda pain: links.to("answer", reader=leader, made_at=made_at, period=period.label, about=pain)


def _page(links: Links | None, leader: str, period: Period, made_at: datetime) -> str | None:
    return None if links is None else links.to("digest", reader=leader, made_at=made_at, period=period.label)


def write_all(
    material: Material,
    leaders: Mapping[str, datetime],
    period: Period,
    house: House,
    others: Sequence[Document] = (),
) -> dict[str, Written]:
    """The digests of several leaders (to when each is made), none of which tells of too few people beside the rest.

    Where the numbers of two digests together would, one of them says words instead, and nobody's digest is held.
    `others` are documents of the period that can no longer be changed.
    """
    indexed = index(material, house.org)
    _keep_silent(indexed, others)
    unsaid: dict[str, frozenset[str]] = defaultdict(frozenset)
    written = {leader: write(material, leader, period, house, at, indexed) for leader, at in leaders.items()}
    while True:
        revealing = gates.differencing([*others, *(one.document for one in written.values())])
        again: set[str] = set()
        for found in revealing:
            free = [name for name in found.leaders if name in written and found.pain not in unsaid[name]]
            if free and not again.intersection(found.leaders):
                unsaid[free[0]] |= {found.pain}
                again.add(free[0])
        if not again:
            return {leader: _with_revealing(one, revealing) for leader, one in written.items()}
        for leader in again:
            indexed.unsaid[leader] = unsaid[leader]
        # Whoever is told of the whole in place of their own part must not say what its own leader is not told.
        again |= {
            leader for leader, one in written.items() if any(e.query.startswith("across(") for e in one.document.ledger)
        }
        for leader in sorted(again):
            written[leader] = write(material, leader, period, house, leaders[leader], indexed, unsaid[leader])


def _keep_silent(indexed: Index, others: Sequence[Document]) -> None:
    """What digests that cannot be changed do not say of the whole is said to nobody in place of a part."""
    for document in others:
        indexed.unsaid[document.leader] = frozenset(one.id for one in document.named() if one.people is None)


def _with_revealing(written: Written, revealing: Sequence[gates.Revealing]) -> Written:
    """What words could not hide holds the digest of the widest leader."""
    mine = [found.said for found in revealing if found.leaders[0] == written.document.leader]
    return replace(written, failures=(*written.failures, *mine))


def material_of(session: Session, period: Period, house: House) -> Material:
    return material_store.read(session, period, house.org, house.kinds, house.workdays, house.ladder.rungs)


def foresee(
    session: Session, period: Period, due: Mapping[str, datetime], house: House
) -> dict[str, list[preview.Foreseen]]:
    """What the digests of these leaders (to when each goes) would quote from the areas of leaders below them, if they
    were decided now. Only reads: nothing is decided, and it may take long."""
    material = material_of(session, period, house)
    written = write_all(material, due, period, house, documents(session, period.label))
    return {leader: list(preview.foreseen([one.document], material, house.org)) for leader, one in written.items()}


def compose(session: Session, period: Period, due: Mapping[str, datetime], house: House) -> list[int]:
    """Decide the digest of each due leader (leader to due instant) who has none yet; ids of the mails to deliver."""
    for leader, digest in digests.unaddressed(session, period.label).items():
        if leader in house.org.people and house.org.people[leader].email:
            let_go(session, period, leader, digest, house)
    away = standing_in.away(session, house.org)
    for leader, digest in digests.unheard(session, period.label).items():
        if leader in house.org.people and leader not in away.unheard:
            let_go(session, period, leader, digest, house)
    waiting = sorted(set(due) - digests.decided(session, period.label))
    if not waiting:
        return []
    material = material_of(session, period, house)
    hidden = withheld(session, period, house.org)
    by_hand = house.waits(digests.weeks_decided(session, period.label))
    made_at = {leader: due[leader] for leader in waiting}
    mails = []
    others = documents(session, period.label, waiting=True)
    for leader, one in write_all(material, made_at, period, house, others).items():
        mail = _decide(session, period, leader, one, due[leader], house, hidden, away, by_hand=by_hand)
        if mail is not None:
            mails.append(mail)
    return mails


def let_go(session: Session, period: Period, leader: str, waiting: int, house: House) -> None:
    """Put a digest that waited on its way. What others were told meanwhile may tell of too few people beside it: then
    it is composed again."""
    digest = digests.digest_by_id(session, waiting)
    others = [d for d in documents(session, period.label) if d.leader != leader]
    revealing = gates.differencing([*others, Document.from_json(digest.document or {})])
    if any(leader in found.leaders for found in revealing):
        material = material_of(session, period, house)
        hidden = withheld(session, period, house.org)
        if revise(session, digest, material, house, others, hidden) is not None:
            return
    digests.release(session, waiting)
    _post(session, period, leader, waiting, house)


def let_go_together(session: Session, period: Period, waiting: Mapping[str, int], house: House) -> None:
    """The same for several leaders (to digest) whose digests count as told already: all are looked at once."""
    revealing = gates.differencing(documents(session, period.label))
    telling = {leader for found in revealing for leader in found.leaders}
    for leader, digest in waiting.items():
        if leader in telling:
            let_go(session, period, leader, digest, house)
        else:
            _post(session, period, leader, digest, house)


def _decide(
    session: Session,
    period: Period,
    leader: str,
    written: Written,
    at: datetime,
    house: House,
    hidden: str,
    away: Away,
    *,
    by_hand: bool,
) -> int | None:
    person = house.org.people[leader]
    state, reason, delegate = "composed", None, None
    if written.failures:
        state, reason = "held", "held by gates: " + "; ".join(written.failures)
    elif away.since(leader, at) is not None:
        delegate, reason = in_their_place(session, leader, written.document, house, away, at, by_hand=by_hand)
        state = "composed" if delegate is not None else "paused"
    elif by_hand:
        state, reason = "waiting", "the first weeks are released by hand (digest.by_hand): `leafnotes release`"
    elif not person.email:
        state, reason = "unaddressed", f"{leader} has no e-mail address in org.yaml"
    elif (bounce := away.unheard.get(leader)) is not None:
        state, reason = "unheard", f"{leader} is unheard: {bounce.reason}; their mails wait"
    digest = digests.decide(
        session,
        leader=leader,
        period=period.label,
        state=state,
        document=to_store(written.document.to_json(), house.links),
        reason=reason,
        at=at,
        hidden=hidden,
        read_by=delegate,
    )
    return None if digest is None or reason is not None else _post(session, period, leader, digest, house, delegate)


def in_their_place(
    session: Session,
    leader: str,
    document: Document,
    house: House,
    away: Away,
    at: datetime,
    *,
    by_hand: bool = False,
) -> tuple[str | None, str | None]:
    """(who reads the notes of a leader who is away, why nobody does)."""
    delegate, why = away.delegate(house.org, leader, at)
    if delegate is not None and by_hand:
        delegate, why = None, "nothing goes to a delegate in the weeks that are released by hand"
    if delegate is not None and standing_in.may_read(session, house.org, document, delegate):
        return delegate, None
    if delegate is not None:
        why = f"{delegate} does not read this week in their place: {listening.TENDER}"
    zone = standing_in.zone_of(house.org, leader, house.zone)
    return None, standing_in.reason(leader, away.listening[leader], zone, why)


def _post(
    session: Session, period: Period, leader: str, digest: int, house: House, delegate: str | None = None
) -> int | None:
    """Put a decided digest on its way, to its leader or to who reads in their place."""
    address = house.org.people[delegate or leader].email
    if not address:
        return None
    message_id = mime.message_id(house.domain, leader, period.label, 1)
    mail = digests.address(session, digest, address, message_id)
    work.request(session, "deliver", str(mail))
    return mail


def revise(
    session: Session,
    digest: digests.StoredDigest,
    material: Material,
    house: House,
    others: Sequence[Document],
    hidden: str,
) -> str | None:
    """Compose a digest again, beside documents that can no longer be changed; why it may not be sent."""
    document = Document.from_json(digest.document or {})
    made_at = {digest.leader: document.generated_at}
    written = write_all(material, made_at, document.period, house, others)[digest.leader]
    later = [Document.from_json(one) for one in digests.told_later(session, digest.leader, digest.period)]
    failures = [*written.failures, *gates.told_otherwise(written.document, later)]
    reason = "held by gates: " + "; ".join(failures) if failures else None
    digests.revise(
        session,
        digest.id,
        version=digest.version + 1,
        state="held" if reason else "composed",
        document=to_store(written.document.to_json(), house.links),
        reason=reason,
        hidden=hidden,
    )
    return reason


def documents(session: Session, period: str, *, sent: bool = False, waiting: bool = False) -> list[Document]:
    """The documents of a period, or only those that somebody may have read; with `waiting` those too that may still be
    sent."""
    found = digests.documents(session, period, sent=sent, waiting=waiting)
    return [Document.from_json(document) for document in found]


class AlreadyMailed(Exception):
    """Digests that somebody may have read are not decided again."""


def decide_again(session: Session) -> None:
    """Forget every digest, pain and closed period, and keep what was read, judged and corrected.

    For an operator who is still setting up. Raises `AlreadyMailed` once any mail was handed to a mail server.
    """
    if registry.mark(session, MAILED) is not None:
        raise AlreadyMailed
    registry.lock(session)
    digests.forget_all(session)
    registry.forget_all(session)
    work.cancel(session, ("close", "compose", "deliver"))
    for mail in digests.unsettled(session):
        work.request(session, "deliver", str(mail))
    work.request(session, "assign", "all")


MAILED = "mailed"
"""The mark that says that a mail server was handed something."""
