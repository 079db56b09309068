"""K1 to K16: what every connector must survive. Each fails on a connector with that trap.

The numbers are those of the list of traps that this project works from; each docstring says what is at stake.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import zip_longest
from typing import Any, Final

from connectors.base import Connector, SourceError
from connectors.kit.bench import Bench, Failed, Inapplicable, cut
from connectors.kit.dialect import Honest, Request, Response
from connectors.kit.server import Trouble

MINUTE: Final = timedelta(minutes=1)


def ties(bench: Bench) -> None:
    """K1: more tickets than a page holds changed in the same tick; nothing is lost, and few requests are needed."""
    size, world = bench.page_size, bench.world
    world.seed(size + 1)
    for _ in range(size * 2 + 3):
        world.add(world.now)
    world.pass_time(MINUTE)
    world.add()
    bench.pull()
    bench.must_match("after one pull over a tick with more tickets than a page holds")
    pages = -(-len(world.tickets) // size)
    if bench.fake.lists() > 6 * pages + 12:
        told = f"{bench.fake.lists()} list requests for {pages} pages of tickets, more than {6 * pages + 12}"
        raise Failed(told)
    world.pass_time(timedelta(hours=13))
    world.add(world.now - bench.world.tick)
    world.add()
    bench.pull()
    bench.must_match("after a second pull")


def edited_between_pages(bench: Bench) -> None:
    """K2: tickets change, and one is deleted, while the list is walked."""
    size, world = bench.page_size, bench.world
    tickets = world.seed(size * 4)
    edits = iter([0, len(tickets) - 1, 1, size * 2, size + 1, 2, size * 3])

    def meddle(request: Request, honest: Honest) -> Response:
        answer = honest(request)
        number = next(edits, None) if bench.dialect.is_list(request) else None
        if number is not None:
            world.edit(tickets[number])
        return answer

    bench.fake.trouble = meddle
    bench.pull()
    bench.fake.trouble = lambda request, honest: honest(request)
    bench.pull()
    bench.must_match("after two pulls, with edits between the pages of the first")


def late_rows(bench: Bench) -> None:
    """K3: a ticket becomes visible after the cursor has passed its stamp, as late as the profile says it may."""
    world, profile = bench.world, bench.connector.profile
    told = bench.dialect.lag if profile is None or bench.dialect.lag is not None else profile.trail
    if not told:
        raise Inapplicable("nothing becomes visible late")
    world.seed(bench.page_size + 2)
    world.pass_time(told * 2)
    late = world.add(world.now - told * 0.9, hidden=True)
    world.add()
    bench.pull()
    late.hidden = False
    world.pass_time(told * 0.2)
    bench.pull()
    world.pass_time(told * 2)
    bench.pull()
    bench.must_match("after a ticket became visible behind the cursor")


def clocks(bench: Bench) -> None:
    """K4: the server's clock and the user's time zone differ from ours, and summer time ends in between."""
    world = bench.world
    for zone, when in (
        ("Europe/London", datetime(2026, 10, 25, 0, 20, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 1, 8, 40, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 3, 20, 0, tzinfo=UTC)),
    ):
        world.zone, world.now = zone, when
        bench.cursor = {}
        for n in range(bench.page_size * 2):
            world.add(when - timedelta(hours=3) + timedelta(minutes=20 * n))
        world.now = when
        bench.pull()
        for _ in range(5):
            world.pass_time(timedelta(minutes=25))
            world.add()
            bench.pull()
        bench.must_match(f"with the user in {zone} when summer time may end")
    for offset in (5 * MINUTE, -5 * MINUTE):
        with_offset = world.now + offset
        world.now = max(with_offset, max(t.updated for t in world.tickets.values()) + world.tick)
        world.add()
        bench.pull()
        bench.must_match(f"with the server's clock off by {offset}")


def throttled(bench: Bench) -> None:
    """K5: 429 with Retry-After in seconds, as a date or without, 403 as a limit, 5xx, and answers that are cut off."""
    world, size = bench.world, bench.page_size
    world.seed(size * 3)

    def until_a_date(_: Request, __: Honest) -> Response:
        date = format_datetime(world.now + timedelta(seconds=30), usegmt=True)
        return Response({"message": "rate limit"}, 429, {"retry-after": date})

    refusals: list[tuple[str, Trouble, float]] = [
        ("429 with Retry-After in seconds", _refused(bench, 429, {"retry-after": "7"}), 7),
        ("429 with Retry-After as a date", _lists(bench, 2, 6, until_a_date), 29),
        ("429 without a word on how long", _refused(bench, 429, {}), 30),
        ("403 with Retry-After", _refused(bench, 403, {"retry-after": "60"}), 60),
        ("500", _refused(bench, 500, {}), 0),
        ("502", _refused(bench, 502, {}), 0),
        ("503 with Retry-After", _refused(bench, 503, {"retry-after": "3"}), 0),
        ("an answer that is cut off", _lists(bench, 2, 1, cut), 0),
        ("a web page instead of data", _lists(bench, 2, 6, lambda *_: Response(raw=b"<html>Please wait</html>")), 0),
    ]
    for name, trouble, hold in refusals:
        bench.cursor, bench.fake.trouble = {}, trouble
        bench.shelf.issues.clear()
        bench.held.holds.clear()
        try:
            bench.pull_on()
        except Failed as why:
            raise Failed(f"{name}: {why}") from why
        bench.must_match(f"after {name}")
        if hold and "waits" not in bench.dialect.without and max(bench.held.holds, default=0) < hold:
            raise Failed(f"{name}: asked to wait {hold} s, the limiter was told {bench.held.holds or 'nothing'}")


def tokens(bench: Bench) -> None:
    """K6: an empty page that is not the last, a page token that comes again, and one that has expired."""
    world, size = bench.world, bench.page_size
    world.seed(size * 4)
    if not _uses_tokens(bench):
        raise Inapplicable("the source hands out no page tokens")
    bench.cursor = {}
    bench.fake.trouble = _lists(bench, 2, 1, lambda r, honest: _emptied(bench, honest(r)))
    bench.pull_on()
    bench.pull_on()
    bench.must_match("after an empty page in the middle")

    last: list[Response] = []

    def stuck(request: Request, honest: Honest) -> Response:
        if not bench.dialect.is_list(request):
            return honest(request)
        if not last:
            last.append(honest(request))
        return last[0] if bench.fake.lists() - before <= CIRCLES else bench.dialect.refusal(410)

    before = bench.fake.lists()
    bench.cursor, bench.fake.trouble = {}, stuck
    with suppress(SourceError):
        bench.pull()
    if bench.fake.lists() - before > CIRCLES:
        raise Failed("a page that leads to itself is asked for again and again")
    bench.fake.trouble = lambda request, honest: honest(request)
    bench.pull_on()
    bench.must_match("after a page that led to itself")

    def expired(request: Request, honest: Honest) -> Response:
        return bench.dialect.token_ended() if bench.dialect.token_of(request) else honest(request)

    bench.cursor, bench.shelf.issues = {}, {}
    bench.fake.trouble = _times(3, expired)
    for _ in range(4):
        try:
            bench.pull()
        except SourceError as error:
            if error.permanent:
                raise Failed(f"a page token that has expired ends it for good: {error}") from error
            continue
    bench.pull()
    bench.must_match("after a page token had expired")


def window_cap(bench: Bench) -> None:
    """K7: more tickets than the source lets one page through."""
    profile = bench.connector.profile
    if profile is None or profile.window is None:
        raise Inapplicable("the source has no end to its pages")
    deep, page = profile.window // profile.page_size * bench.page_size, bench.page_size
    options = bench.connector.Options.model_fields
    if profile.window <= REAL and "per_page" in options:  # as deep as the real one, with pages as large
        deep, page = profile.window, profile.page_size
        bench.change = {"per_page": page, **({"comments": False} if "comments" in options else {})}
    bench.world.seed(deep + page * 3, every=timedelta(seconds=20))
    bench.pull()
    bench.must_match(f"with more than the {deep} tickets that can be paged through")


def refused_children(bench: Bench) -> None:
    """K8: what belongs to one ticket is refused: its siblings are stored, it is named, and the cursor moves."""
    world, size = bench.world, bench.page_size
    tickets = world.seed(size * 2 + 1)
    for ticket in tickets:
        world.say(ticket, f"Comment on {ticket.id}: me too")
    victim = tickets[size // 2]
    for status in (403, 404, 500):

        def refuse(request: Request, honest: Honest, status: int = status) -> Response:
            asked = bench.dialect.child_of(request)
            return bench.dialect.refusal(status) if asked == victim.id else honest(request)

        bench.cursor, bench.fake.trouble = {}, refuse
        bench.shelf.comments.clear()
        before = len(bench.fake.requests)
        bench.pull()
        asked = [r for r in bench.fake.requests[before:] if bench.dialect.child_of(r) is not None]
        if not asked:
            bench.must_match("with the comments in the tickets themselves")
            raise Inapplicable("comments come with their tickets, or as a list of their own")
        lost = [t.id for t in tickets if t is not victim and not bench.shelf.comments.get(bench.dialect.external_id(t))]
        if lost:
            raise Failed(f"{status} for the comments of one ticket lost those of {lost[0]}")
        if bench.dialect.external_id(victim) not in bench.shelf.issues:
            raise Failed(f"{status} for the comments of one ticket lost the ticket itself")
        if not bench.shelf.aside:
            raise Failed(f"{status} for the comments of one ticket was not said")
        if not bench.cursor:
            raise Failed(f"after {status} for one child the cursor has not moved")
    bench.fake.trouble = lambda request, honest: honest(request)
    world.edit(victim)
    bench.pull()
    bench.must_match("once the refused comments can be read again")


def deletions(bench: Bench) -> None:
    """K9: a ticket is deleted; access is lost, which is no deletion; and comes back."""
    world = bench.world
    tickets = world.seed(bench.page_size * 2)
    bench.pull()
    profile, names_all = bench.connector.profile, bench.connector.census is not Connector.census
    tombstones = profile.tombstones if profile is not None else "census" if names_all else "none"
    if tombstones == "none":
        raise Inapplicable("the source tells nobody what was deleted")
    victim = tickets[3]
    world.edit(victim, deleted=True)
    if tombstones == "listed":
        bench.pull()
        bench.must_match("after a ticket was deleted")
        return
    with bench.opened() as connector:
        named = connector.census()
        if named is None:
            raise Failed("the profile promises a census: write `census` and `probe`, or say tombstones='none'")
        exists = set(named)
        truth = {bench.dialect.external_id(ticket) for ticket in world.truth()}
        if exists != truth:
            wrong = sorted(exists ^ truth)
            raise Failed(f"the census is wrong about {wrong[0]} (and {len(wrong) - 1} more)")
        became = connector.probe(bench.dialect.external_id(victim))
        if became not in ("deleted", "transferred"):
            raise Failed(f"a probe says {became!r} of a deleted ticket; it must say 'deleted' or 'transferred'")
        lives = connector.probe(bench.dialect.external_id(tickets[5]))
        if lives != "exists":
            raise Failed(f"a probe says {lives!r} of a ticket that lives; it must say 'exists', or it would be lost")
    bench.fake.trouble = lambda request, honest: bench.dialect.refusal(403)
    with bench.opened() as connector:
        try:
            lost = list(connector.census() or ())
        except SourceError:
            return
    raise Failed(f"with access lost the census names {len(lost)} tickets instead of an error")


def killed(bench: Bench) -> None:
    """K10: the process dies after any commit; the next one goes on from the cursor stored with it."""
    world, size = bench.world, bench.page_size
    world.seed(size * 2)
    for _ in range(size + 2):
        world.add(world.now)
    world.pass_time(MINUTE)
    world.seed(size)
    for at in range(1, 9):
        bench.cursor, bench.shelf.issues = {}, {}
        bench.pull(pages=at)
        bench.pull(pages=1)
        bench.pull()
        bench.must_match(f"after the process died behind page {at}")


def default_scope(bench: Bench) -> None:
    """K11: closed, old and archived tickets, which lists leave out unless they are asked for; and internal notes."""
    world = bench.world
    now = world.now
    closed = world.add(now - timedelta(days=400), state="closed")
    world.add(now - timedelta(days=380))
    world.seed(bench.page_size)
    world.add(now, state="closed")
    if "internal" not in bench.dialect.without:
        world.say(world.add(now), "Between us: the printer is as old as the building.", private=True)
    if "archive" not in bench.dialect.without:
        world.add(now, archived=True, state="closed")
    bench.pull()
    bench.must_match("with closed, old and archived tickets")
    world.pass_time(MINUTE)
    world.edit(closed, state="open")
    world.edit(world.tickets[3], state="closed")
    world.pass_time(MINUTE)
    bench.pull()
    bench.must_match("after one was opened again and another closed")


def odd_input(bench: Bench) -> None:
    """K12: null and missing fields, huge bodies, wrong types: no crash, no lost sibling, a reason for each."""
    world = bench.world
    tickets = world.seed(bench.page_size)
    tickets[1].body = "<p>x</p>\u0000\ud83d\ude00 " + "a long story " * 80_000
    tickets[2].body = "<table><tr><td>a<td>b</table><script>alert(1)</script>&nbsp;&#0; <b>unclosed"
    for round_ in range(40):
        spoilt: list[int] = []

        def spoil(request: Request, honest: Honest, spoilt: list[int] = spoilt) -> Response:
            answer = honest(request)
            rows = bench.dialect.rows(answer) if bench.dialect.is_list(request) else []
            if rows and not spoilt:
                place = bench.random.randrange(len(rows))
                spoilt.append(place)
                rows[place] = bench.dialect.spoilt(rows[place], bench.random)
            return answer

        bench.cursor, bench.fake.trouble = {}, spoil
        bench.shelf.issues.clear()
        bench.shelf.aside.clear()
        try:
            bench.pull()
        except SourceError as error:
            raise Failed(f"one spoilt ticket ends the whole pull: {error}") from error
        if bench.shelf.crashes:
            raise Failed(f"a spoilt ticket crashes it: {bench.shelf.crashes[0]}")
        lost = [t.id for t in tickets if bench.dialect.external_id(t) not in bench.shelf.issues]
        if len(lost) > 1:
            raise Failed(f"one spoilt ticket lost its siblings: {lost} (round {round_})")
        if any(not reason.strip() for reason in bench.shelf.aside.values()):
            raise Failed("something was set aside without a reason")


def rotated(bench: Bench) -> None:
    """K13: the token ends in the middle of a pull; the error says so, and with the new one nothing is missing."""
    world, size = bench.world, bench.page_size
    world.seed(size * 4)
    options = dict(bench.dialect.options())
    served = 0

    def rotate(request: Request, honest: Honest) -> Response:
        nonlocal served
        served += bench.dialect.is_list(request)
        if served == 3:
            bench.dialect.secret = "kit-secret-2"  # noqa: S105
        return honest(request)

    bench.fake.trouble, bench.change = rotate, options
    errors: list[SourceError] = []
    while len(errors) < 2:  # a session may just be cut off; the next one is told why
        try:
            bench.pull()
            break
        except SourceError as error:
            errors.append(error)
            if error.permanent:
                break
    if errors and not errors[-1].permanent:
        raise Failed(f"a refused credential is tried for ever: {errors[-1]}") from errors[-1]
    if errors and "401" not in str(errors[-1]) and "credential" not in str(errors[-1]):
        raise Failed(f"the error must hold the word credential, or 401: {errors[-1]}") from errors[-1]
    bench.fake.trouble, bench.change = lambda request, honest: honest(request), {}
    bench.pull()
    bench.must_match("with the new token")


def webhooks(bench: Bench) -> None:
    """K14: genuine, forged, stale and changed webhooks are told apart, whatever is in them."""
    ticket = bench.world.add()
    secret, fresh, foreign = (bench.dialect.hook_secret(name) for name in ("old", "new", "foreign"))
    signed = bench.dialect.webhook(ticket, secret, "delivery-1")
    if signed is None:
        if bench.connector.webhook.__func__ is not Connector.webhook.__func__:  # type: ignore[attr-defined]
            raise Failed("it reads webhooks; give the dialect `webhook(ticket, secret, delivery) -> (headers, body)`")
        raise Inapplicable("no webhooks are read from this source")
    headers, body = signed
    hook, now = bench.connector.webhook, bench.world.now
    good = hook(headers, body, [secret], now)
    other = hook(headers, body, [fresh, secret], now)
    if good is None or other is None:
        raise Failed("a genuine webhook is refused")
    if good != other:
        raise Failed("the same delivery has two names")
    if bench.dialect.signs_time and hook(headers, body, [secret], now + 60 * MINUTE) is not None:
        raise Failed("a webhook of an hour ago is taken for a new one")
    forged: list[tuple[str, Any]] = [
        ("one with another secret", hook(headers, body, [foreign], now)),
        ("a changed body", hook(headers, body + b" ", [secret], now)),
        ("one without headers", hook({}, body, [secret], now)),
        ("an empty one", hook({}, b"", [secret], now)),
        ("one without any secret", hook(headers, body, [], now)),
        *(
            (f"one with {odd!r} for {name}", hook({**headers, name: odd}, body, [secret], now))
            for name in headers
            for odd in ("", "x" * 10_000, "sha256=\u00fc")
            if "sig" in name
        ),
    ]
    for what, taken in forged:
        if taken is not None:
            raise Failed(f"{what} is taken for genuine")


def loud_errors(bench: Bench) -> None:
    """K15: 400, 410 and 403 on the list, and an answer without a list, are errors and not an absence of tickets."""
    bench.world.seed(bench.page_size * 2)
    for status in (400, 403, 404, 410):
        bench.cursor = {}
        bench.fake.trouble = lambda r, honest, s=status: bench.dialect.refusal(s)  # type: ignore[misc]
        try:
            bench.pull()
        except SourceError as error:
            if not error.permanent:
                raise Failed(f"{status} on the list is tried for ever: {error}") from error
            continue
        raise Failed(f"{status} on the list passes for a source without news")
    if "no list" in bench.dialect.without:
        return
    bench.cursor = {}
    bench.fake.trouble = lambda r, honest: Response({"kit": "no list"}) if bench.dialect.is_list(r) else honest(r)
    with suppress(SourceError):
        bench.pull()
        raise Failed("an answer without its list passes for a source without news")


def two_workers(bench: Bench) -> None:
    """K16: two workers read one source at the same time, from the same cursor."""
    world, size = bench.world, bench.page_size
    world.seed(size * 3)
    with bench.opened() as one, bench.opened() as other:
        cursors = []
        for pages in zip_longest(one.pull({}), other.pull({})):
            for connector, page in zip((one, other), pages, strict=True):
                if page is not None:
                    bench.shelf.take(connector, page)
                    cursors.append(page.cursor)
    bench.must_match("after two workers at once")
    bench.cursor = cursors[-1]
    world.pass_time(MINUTE)
    world.add()
    bench.pull()
    bench.must_match("after the next pull")


CIRCLES: Final = 60
"""Requests after which K6 takes a walk for one in circles."""
REAL: Final = 10_000
"""The deepest window that K7 fills with real pages; a deeper one is tried with pages of five."""


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    name: str
    run: Callable[[Bench], None]


CASES: Final = (
    Case("K1", "ties larger than a page", ties),
    Case("K2", "edits between pages", edited_between_pages),
    Case("K3", "late rows", late_rows),
    Case("K4", "clocks and time zones", clocks),
    Case("K5", "limits, 5xx, cut answers", throttled),
    Case("K6", "page tokens", tokens),
    Case("K7", "window caps", window_cap),
    Case("K8", "refused children", refused_children),
    Case("K9", "deletions and lost access", deletions),
    Case("K10", "killed at every commit", killed),
    Case("K11", "closed, old, archived, internal", default_scope),
    Case("K12", "odd input", odd_input),
    Case("K13", "token ends mid-run", rotated),
    Case("K14", "webhooks", webhooks),
    Case("K15", "400, 403, 404, 410 are loud", loud_errors),
    Case("K16", "two workers", two_workers),
)


def _lists(bench: Bench, first: int, count: int, trouble: Trouble) -> Trouble:
    """The trouble at so many requests for pages of tickets, from the `first` one on, counted from 1."""
    seen = 0

    def put(request: Request, honest: Honest) -> Response:
        nonlocal seen
        seen += bench.dialect.is_list(request)
        hit = bench.dialect.is_list(request) and first <= seen < first + count
        return trouble(request, honest) if hit else honest(request)

    return put


def _refused(bench: Bench, status: int, headers: dict[str, str]) -> Trouble:
    """A refusal that outlasts the tries of one pull, in the middle of the list."""
    said = {"message": "rate limit" if status in (403, 429) else "oops"}
    return _lists(bench, 2, 6, lambda *_: Response(said, status, headers))


def _times(count: int, trouble: Trouble) -> Trouble:
    """The trouble at the first `count` requests that it changes."""
    left = count

    def put(request: Request, honest: Honest) -> Response:
        nonlocal left
        answer = trouble(request, honest) if left else honest(request)
        left -= answer.status >= 400 and left > 0
        return answer

    return put


def _uses_tokens(bench: Bench) -> bool:
    """Whether tokens are followed at all; where pages are asked for by time, in a tick that is larger than a page."""
    bench.pull()
    if not any(bench.dialect.token_of(request) for request in bench.fake.requests):
        for _ in range(bench.page_size * 6):
            bench.world.add(bench.world.now)
        bench.pull()
    bench.shelf.issues.clear()
    return any(bench.dialect.token_of(request) for request in bench.fake.requests)


def _emptied(bench: Bench, answer: Response) -> Response:
    bench.dialect.rows(answer).clear()
    return answer
