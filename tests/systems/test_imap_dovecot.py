"""The IMAP connector against a real Dovecot: what the rows hold is what the server holds.

Names beginning with k1 to k16 are the kit's cases, which need HTTP to run by themselves. Not here: K1, K3 and K7 (UIDs
have no ties, no latecomers and no window), K6 (no page tokens), K8 (nothing is asked for apiece), K14 (no webhooks).
"""

import imaplib
import json
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from typing import Any

import pytest

from connectors.base import Cursor, SourceError
from connectors.imap import Imap, ImapOptions
from connectors.kit.bench import Shelf
from pipeline.issue import Gone
from tests.systems.dovecot import PASSWORD, Dovecot, dovecot

NOW = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def accounts() -> Iterator[Iterator[Dovecot]]:
    with dovecot() as running:
        yield running


@pytest.fixture
def server(accounts: Iterator[Dovecot]) -> Dovecot:
    return next(accounts)


class Desk:
    """Our side: a shelf of what the connector brought, by the core's rules, and the cursor stored with it."""

    def __init__(self, server: Dovecot, **change: Any) -> None:
        self.server = server
        self.change = change
        self.shelf = Shelf()
        self.cursor: Cursor = {}
        self.now = NOW

    def opened(self) -> Imap:
        made = Imap.open(ImapOptions.model_validate(self.server.options(**self.change)), self.server.work)
        made.clock = lambda: self.now
        return made

    def pull(self, *, pages: int | None = None, each: Callable[[int], object] = lambda _: None) -> int:
        with closing(self.opened()) as connector, closing(connector.pull(self.cursor)) as walk:  # type: ignore[type-var]
            count = 0
            for count, page in enumerate(walk, 1):
                self.shelf.take(connector, page)
                self.cursor = json.loads(json.dumps(page.cursor))
                each(count)
                if count == pages:
                    break
            return count

    def count(self) -> None:
        """What a census no longer names is gone, as the core has it."""
        connector = self.opened()
        for key in set(self.shelf.living) - set(connector.census()):
            if connector.probe(key) != "exists":
                self.shelf.gone[key] = Gone(external_id=key, at=self.now)

    def differences(self, *folders: str) -> list[str]:
        """Between the shelf and what the server holds, by headers that only this test knows."""
        threads: set[str] = set()
        found = list(self.shelf.crashes) + [f"set aside: {what}: {why}" for what, why in self.shelf.aside.items()]
        for folder in folders or ("INBOX",):
            for mail, flags in _held(self.server, folder):
                thread = mail["X-Thread"]
                if mail["X-Automatic"]:
                    continue
                threads.add(thread)
                issue = self.shelf.living.get(thread)
                if issue is None:
                    found.append(f"lost {thread}")
                elif mail["Message-ID"] == f"<{thread}>":
                    expected = (mail["X-Title"], mail["X-Words"], "closed" if "$Done" in flags else "open")
                    if (issue.title, issue.body, issue.state) != expected:
                        found.append(f"{thread}: {(issue.title, issue.body, issue.state)}, the server {expected}")
                    if ("answered" in issue.labels) != ("\\Answered" in flags):
                        found.append(f"{thread}: labels {issue.labels}, the server {flags}")
                elif mail["X-Words"] not in {said.body for said in self.shelf.comments.get(thread, {}).values()}:
                    found.append(f"lost a comment of {thread}")
        return found + [f"has {key}, which is not there" for key in set(self.shelf.living) - threads]


def _held(server: Dovecot, folder: str) -> list[tuple[Any, str]]:
    with suppress(imaplib.IMAP4.error):
        server.imap.unselect()
    server.imap.select(f'"{folder}"', readonly=True)
    _, pieces = server.imap.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER])")
    return [(message_from_bytes(p[1]), p[0].decode()) for p in pieces if isinstance(p, tuple)]


def mail(
    number: int, answers: int | None = None, *, automatic: bool = False, words: str = "", sender: str = ""
) -> bytes:
    """Mail `number`, in answer to the first mail of a thread or opening one."""
    thread = number if answers is None else answers
    said = words or f"The printer on floor {number} jams, we lose an hour a day."
    head = [
        f"From: Kim <{sender or f'kim{number % 90}@customer{number % 40}.example'}>",
        "To: Support <support@fernhill.example>",
        f"Message-ID: <m{number}@example.org>",
        f"Subject: {'Re: ' if answers is not None else ''}Printer {thread}",
        "Date: Thu, 1 Jan 1998 00:00:00 +0000",
        f"X-Thread: m{thread}@example.org",
        f"X-Title: Printer {thread}",
        f"X-Words: {said}",
        "Content-Type: text/plain; charset=utf-8",
    ]
    quoted = ""
    if answers is not None:
        head.append(f"References: <m{answers}@example.org>")
        quoted = f"\n\nOn Mon, 14 Sep 2026 at 09:00, Support <support@fernhill.example>\nwrote:\n> floor {answers}\n"
    if automatic:
        head += ["Auto-Submitted: auto-replied", "X-Automatic: yes"]
    return "\r\n".join([*head, "", f"{said}{quoted}\n-- \nKim\n".replace("\n", "\r\n")]).encode()


def seed(server: Dovecot, count: int, folder: str = "INBOX", start: int = 0) -> None:
    """Of ten mails seven open a thread, two answer one of the last, one is a machine's."""
    chance, opened = random.Random(start), list[int]()
    for number in range(start, start + count):
        at = NOW - timedelta(minutes=3 * (start + count - number) % 500_000)
        if number % 10 in (7, 8):
            server.deliver(folder, mail(number, chance.choice(opened[-30:])), at)
        elif number % 10 == 9:
            server.deliver(folder, mail(number, chance.choice(opened[-30:]), automatic=True), at)
        else:
            opened.append(number)
            server.deliver(folder, mail(number), at)


def test_a_thousand_mails_and_three_pulls_amid_changes_leave_what_the_server_holds(server: Dovecot) -> None:
    chance = random.Random(5)
    seed(server, 1000)
    desk = Desk(server)

    def meddle(page: int) -> None:
        if page % 4 == 0:
            uids = server.uids("INBOX")
            server.flag("INBOX", chance.choice(uids), "+FLAGS ($Done)")
            server.flag("INBOX", chance.choice(uids), "+FLAGS (\\Answered)")
            server.remove("INBOX", *chance.sample(uids, 3))
            start = 10_000 + 100 * page + 1000 * len(desk.cursor)
            seed(server, 10, start=start + (desk.now - NOW).days * 20_000)

    desk.change["closed"] = ["done"]
    desk.pull(each=meddle)
    for days in (1, 2, 3):
        desk.now = NOW + timedelta(days=days)
        for uid in chance.sample(server.uids("INBOX"), 20):
            server.flag("INBOX", uid, chance.choice(["+FLAGS ($Done)", "-FLAGS ($Done)", "+FLAGS (\\Answered)"]))
        server.remove("INBOX", *chance.sample(server.uids("INBOX"), 15))
        seed(server, 40, start=200_000 * days)
        desk.pull(each=meddle)
    desk.pull()
    desk.count()

    assert desk.differences() == []
    assert len(desk.shelf.living) > 700
    assert sum(map(len, desk.shelf.comments.values())) > 200


def test_reading_leaves_no_trace_in_the_mailbox(server: Dovecot) -> None:
    seed(server, 20)
    desk = Desk(server)

    desk.pull()
    desk.count()
    desk.opened().check()

    assert server.imap.status("INBOX", "(RECENT)") == ("OK", [b"INBOX (RECENT 20)"])
    assert len(server.uids("INBOX", "UNSEEN")) == 20


def test_a_quiet_mailbox_brings_no_page_and_moves_no_cursor(server: Dovecot) -> None:
    seed(server, 20)
    desk = Desk(server)
    desk.pull()
    first = desk.cursor
    server.flag("INBOX", 3, "+FLAGS (\\Seen)")
    desk.pull()
    before = desk.cursor

    assert desk.pull() == 0
    assert desk.cursor == before
    assert before["INBOX"]["modseq"] > first["INBOX"]["modseq"]


def test_k2_mails_deleted_and_flagged_between_the_pages(server: Dovecot) -> None:
    seed(server, 60)
    desk = Desk(server, per_page=7, closed=["done"])

    def meddle(page: int) -> None:
        uids = server.uids("INBOX")
        server.remove("INBOX", uids[page], uids[-page])
        server.flag("INBOX", uids[3], "+FLAGS ($Done)")

    desk.pull(each=meddle)
    desk.pull()
    desk.count()

    assert desk.differences() == []


def test_k4_a_mails_time_is_when_the_mailbox_received_it_in_whatever_zone(server: Dovecot) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    server.deliver("INBOX", mail(1), datetime(2026, 10, 25, 6, 50, tzinfo=kolkata))
    desk = Desk(server)

    desk.pull()

    assert desk.shelf.living["m1@example.org"].created_at == datetime(2026, 10, 25, 1, 20, tzinfo=UTC)


def test_k5_a_connection_that_ends_anywhere_is_tried_again_and_loses_nothing(server: Dovecot) -> None:
    seed(server, 100)
    for after in (0, 100, 400, 5_000, 20_000, 40_000):
        with proxy(server.port, cut_after=after) as port:
            desk = Desk(server, per_page=10, tls="no", port=port)
            with pytest.raises(SourceError) as failed:
                desk.pull()
        desk.change["port"] = server.port
        desk.pull()

        assert not failed.value.permanent
        assert desk.differences() == []


def test_k9_what_is_deleted_is_gone_and_what_is_moved_away_is_not(server: Dovecot) -> None:
    for number in range(6):
        server.deliver("INBOX", mail(number), NOW)
    server.deliver("INBOX", mail(6, 0, automatic=True), NOW)
    server.make("Done by Kim")
    desk = Desk(server)
    desk.pull()
    server.remove("INBOX", 1)
    server.move("INBOX", 2, "Papierkorb")
    server.move("INBOX", 3, "Done by Kim")
    server.flag("INBOX", 4, "+FLAGS (\\Deleted)")

    desk.pull()
    desk.count()

    assert sorted(desk.shelf.gone) == ["m0@example.org", "m1@example.org", "m3@example.org"]


def test_k9_without_access_a_census_is_an_error(server: Dovecot) -> None:
    seed(server, 5)
    desk = Desk(server, password="wrong")

    with pytest.raises(SourceError) as refused:
        list(desk.opened().census())

    assert refused.value.permanent


def test_k10_killed_at_any_commit_it_goes_on_from_there(server: Dovecot) -> None:
    seed(server, 60)
    for at in range(1, 9):
        desk = Desk(server, per_page=8, closed=["done"])
        desk.pull(pages=at)
        reached = desk.cursor.get("INBOX", {}).get("uid")
        server.flag("INBOX", server.uids("INBOX")[at], "+FLAGS ($Done)")
        desk.pull(pages=1)
        desk.pull()

        assert reached == min(8 * at, 60)
        assert desk.differences() == []


def test_k11_flags_and_folders_say_what_is_closed_and_open_again(server: Dovecot) -> None:
    server.make("Archive/Dealt with")
    seed(server, 20)
    desk = Desk(server, folders=["INBOX", "Archive/Dealt with"], closed=["done", "archive/dealt with"])
    desk.pull()
    desk.now = NOW + timedelta(hours=5)
    server.flag("INBOX", 1, "+FLAGS ($Done)")
    server.move("INBOX", 2, "Archive/Dealt with")
    desk.pull()
    closed = {key: issue.closed_at for key, issue in desk.shelf.living.items() if issue.state == "closed"}
    desk.now = NOW + timedelta(hours=9)
    server.flag("INBOX", 1, "-FLAGS ($Done)")
    server.flag("INBOX", 1, "+FLAGS (\\Seen)")
    desk.pull()

    assert closed == {"m0@example.org": NOW + timedelta(hours=5), "m1@example.org": NOW + timedelta(hours=5)}
    assert {key for key, issue in desk.shelf.living.items() if issue.state == "closed"} == {"m1@example.org"}


def test_k11_flags_are_seen_on_a_server_that_keeps_no_changes(server: Dovecot) -> None:
    seed(server, 40)
    with proxy(server.port, rewrite=(b"CONDSTORE", b"XONDSTORE")) as port:
        desk = Desk(server, tls="no", port=port, closed=["done"])
        desk.pull()
        server.flag("INBOX", 3, "+FLAGS ($Done)")
        server.remove("INBOX", 5)
        desk.pull()
        seen = desk.shelf.living["m2@example.org"].state
        quiet = desk.pull()
        server.flag("INBOX", 3, "-FLAGS ($Done)")
        desk.pull()
        desk.count()

    assert (seen, quiet) == ("closed", 0)
    assert desk.differences() == []


DAMAGED = {
    "eight bits in headers": b"From: M\xfcller <m@x.example>\r\nSubject: \xfcber alles\r\nMessage-ID: <d1@x>\r\n"
    b"\r\n\xfcber\r\n",
    "unknown charset": b"From: a@x.example\r\nSubject: =?klingon?Q?=E9?=\r\nMessage-ID: <d2@x>\r\n"
    b"Content-Type: text/plain; charset=klingon\r\n\r\nqapla' \xc3\xa9\r\n",
    "boundary that never comes": b"From: a@x.example\r\nSubject: b\r\nMessage-ID: <d3@x>\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\nno parts here\r\n',
    "no headers": b"\r\nonly a body\r\n",
    "a bad date and no sender": b"Date: yesterday-ish\r\nMessage-ID: <d5@x>\r\nSubject: hm\r\n\r\nhm\r\n",
    "broken base64": b"From: a@x.example\r\nSubject: c\r\nMessage-ID: <d6@x>\r\nContent-Type: text/plain\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!aGVsbG8gd29ybGQ\r\n",
    "broken encoded word": b"From: =?utf-8?B?!!!?= <a@x.example>\r\nSubject: =?utf-8?B?a?=\r\nMessage-ID: <d7@x>\r\n"
    b"\r\nx\r\n",
    "an id with spaces and brackets": b"From: a@x.example\r\nSubject: d\r\nMessage-ID: <<a \"b\\ c>\r\n\r\nx\r\n",
    "parts in parts": b"From: a@x.example\r\nMessage-ID: <d9@x>\r\nSubject: deep\r\n"
    + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(300)),
    "a picture first": b"From: a@x.example\r\nMessage-ID: <d10@x>\r\nSubject: picture\r\n"
    b'Content-Type: multipart/mixed; boundary="p"\r\n\r\n--p\r\nContent-Type: image/png; name="a.png"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 200_000 + b"\r\n--p\r\nContent-Type: text/plain\r\n\r\n"
    b"The words behind the picture.\r\n--p--\r\n",
}  # fmt: skip


def test_k12_damaged_mails_stop_no_other_and_are_issues_as_far_as_they_can_be_read(server: Dovecot) -> None:
    for number, odd in enumerate(DAMAGED.values()):
        server.deliver("INBOX", odd, NOW)
        server.deliver("INBOX", mail(number), NOW)
    desk = Desk(server, per_page=4)

    desk.pull()

    titles = {issue.title for issue in desk.shelf.living.values()}
    assert desk.shelf.crashes == []
    assert desk.shelf.aside == {}
    assert {f"Printer {n}" for n in range(len(DAMAGED))} < titles
    assert len(desk.shelf.living) == 2 * len(DAMAGED)
    assert {"über alles", "deep", "picture", "only a body"} <= titles
    assert desk.shelf.living["d10@x"].body == "The words behind the picture."


def test_k12_odd_answers_of_servers_lose_nothing(server: Dovecot) -> None:
    seed(server, 40)
    for rewrite in [(b"UIDNEXT", b"XIDNEXT"), (b"OK Fetch completed", b"NO [EXPUNGEISSUED] Some are gone")]:
        with proxy(server.port, rewrite=rewrite) as port:
            desk = Desk(server, tls="no", port=port, per_page=7)
            desk.pull()

            assert desk.pull() == 0
            assert desk.differences() == []


def test_k12_a_huge_mail_is_read_in_part(server: Dovecot) -> None:
    server.deliver("INBOX", mail(1) + b"a long story " * 800_000, NOW)
    desk = Desk(server)

    desk.pull()

    issue = desk.shelf.living["m1@example.org"]
    assert issue.body.startswith("The printer on floor 1 jams")
    assert len(issue.body) < 21_000


def test_k13_a_password_that_ends_is_said_and_with_the_new_one_nothing_is_missing(server: Dovecot) -> None:
    seed(server, 40)
    desk = Desk(server, per_page=5)
    desk.pull(pages=3)
    server.set_password("new")

    with pytest.raises(SourceError, match=r"credential of support[0-9]+ was refused") as refused:
        desk.pull()
    desk.change["password"] = "new"
    desk.pull()

    assert refused.value.permanent
    assert PASSWORD not in str(refused.value)
    assert desk.differences() == []


def test_k15_a_folder_that_is_not_there_is_loud_and_stops_no_other(server: Dovecot) -> None:
    seed(server, 20)
    desk = Desk(server, folders=["Nowhere", "INBOX"])

    with pytest.raises(SourceError, match="'Nowhere' cannot be read") as failed:
        desk.pull()
    with pytest.raises(SourceError) as alone:
        Desk(server, folders=["Nowhere"]).pull()

    assert (failed.value.permanent, alone.value.permanent) == (False, True)
    assert desk.differences() == []
    assert desk.opened().check() == ["Folder 'Nowhere' is not there. There are: INBOX, Papierkorb."]


def test_k16_two_workers_at_once_bring_the_same(server: Dovecot) -> None:
    seed(server, 60)
    one, other = Desk(server, per_page=7), Desk(server, per_page=7)

    one.pull(each=lambda page: page > 1 or other.pull())

    assert one.shelf.living == other.shelf.living
    assert one.cursor == other.cursor
    assert one.differences() == []


def test_a_folder_made_anew_is_read_again_and_its_mails_are_known(server: Dovecot) -> None:
    server.make("Support")
    seed(server, 30, "Support")
    desk = Desk(server, folders=["Support"])
    desk.pull()
    before = dict(desk.shelf.living)
    server.drop("Support")
    server.make("Support")
    server.deliver("Support", mail(500), NOW)
    seed(server, 30, "Support")

    desk.pull()

    assert set(desk.shelf.living) == {*before, "m500@example.org"}
    assert desk.differences("Support") == []


def test_a_folder_may_have_any_name(server: Dovecot) -> None:
    server.make('Kundenanfragen &APw-ber "Drucker"'.replace('"', '\\"'))
    server.deliver('Kundenanfragen &APw-ber \\"Drucker\\"', mail(1), NOW)
    desk = Desk(server, folders=['Kundenanfragen über "Drucker"'])

    desk.pull()

    assert list(desk.shelf.living) == ["m1@example.org"]
    assert desk.opened().check() == []


def test_starttls_is_taken_up_and_an_unknown_certificate_refused(server: Dovecot) -> None:
    seed(server, 5)
    desk = Desk(server, tls="starttls", port=server.port)
    desk.pull()
    strangers = [Desk(server, ca_file=None), Desk(server, ca_file=None, tls="starttls", port=server.port)]

    for stranger in strangers:
        with pytest.raises(SourceError, match="ca_file") as refused:
            stranger.pull()
        assert refused.value.permanent
    assert desk.differences() == []


def test_an_answer_to_a_mail_that_is_not_here_opens_its_thread_and_the_next_ones_join(server: Dovecot) -> None:
    server.deliver("INBOX", mail(7, 1, automatic=True), NOW)
    server.deliver("INBOX", mail(8, 1, words="Still broken."), NOW + timedelta(minutes=1))
    desk = Desk(server)
    desk.pull()
    server.deliver("INBOX", mail(9, 1, words="And now on fire."), NOW + timedelta(minutes=2))

    desk.pull()

    assert [(key, issue.title, issue.body) for key, issue in desk.shelf.living.items()] == [
        ("m1@example.org", "Printer 1", "Still broken.")
    ]
    assert [said.body for said in desk.shelf.comments["m1@example.org"].values()] == ["And now on fire."]


def test_an_answer_that_names_only_the_mail_before_it_joins_the_thread_in_a_later_pull(server: Dovecot) -> None:
    server.deliver("INBOX", mail(1), NOW)
    server.deliver("INBOX", mail(2, 1).replace(b"References:", b"In-Reply-To:"), NOW)
    desk = Desk(server)
    desk.pull()
    server.deliver("INBOX", mail(3, 2).replace(b"References:", b"In-Reply-To:"), NOW)

    desk.pull()

    assert list(desk.shelf.living) == ["m1@example.org"]
    assert len(desk.shelf.comments["m1@example.org"]) == 2
    assert set(desk.opened().census()) == {"m1@example.org"}


def test_check_says_when_most_mail_is_left_out_and_why(server: Dovecot) -> None:
    for number in range(10):
        server.deliver("INBOX", b"List-Id: <support.fernhill.example>\r\nPrecedence: list\r\n" + mail(number), NOW)
    desk = Desk(server)

    (problem,) = desk.opened().check()
    desk.change["lists"] = ["support.fernhill.example"]
    desk.pull()

    assert "10: mail of a list support.fernhill.example" in problem
    assert desk.differences() == []


@contextmanager
def proxy(port: int, cut_after: int | None = None, rewrite: tuple[bytes, bytes] = (b"", b"")) -> Iterator[int]:
    """A line to the server that ends after so many octets of its answers, or changes a word in them."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                ours, _ = listening.accept()
                theirs = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=pipe, args=(ours, theirs, None), daemon=True).start()
                threading.Thread(target=pipe, args=(theirs, ours, cut_after), daemon=True).start()

    def pipe(source: socket.socket, target: socket.socket, left: int | None) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                data = data.replace(*rewrite) if left is None and rewrite[0] else data
                if left is not None:
                    data, left = data[:left], left - len(data)
                target.sendall(data)
                if left is not None and left <= 0:
                    target.shutdown(socket.SHUT_RDWR)
                    source.shutdown(socket.SHUT_RDWR)
                    return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
