"""What the IMAP connector makes of mails, without a server; `tests/systems/test_imap_dovecot.py` has a real one."""

import random
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors import mail, mailbox
from connectors.base import BadItem
from connectors.imap import Imap, ImapOptions
from connectors.threads import Threads, root_of
from pipeline.issue import Issue, Remark
from tests.connectors.described import recordings
from tests.connectors.spoilt import spoilt

RECEIVED = "2026-09-14T09:00:00+00:00"


def connector(**options: Any) -> Imap:
    given = {"name": "mailbox", "kind": "imap", "host": "imap.example", "user": "u", "password": "p", **options}
    return Imap.open(ImapOptions.model_validate(given), Path())


def raw(data: bytes, **change: Any) -> dict[str, Any]:
    content = mail.read(data)
    thread = content["references"][0] if content["references"] else content["id"]
    return {
        "folder": "INBOX", "uid": 1, "flags": [], "received": RECEIVED, "noticed": RECEIVED, "thread": thread,
        "opens": not content["references"], "size": len(data), "mail": content, **change,
    }  # fmt: skip


def understood(data: bytes, **options: Any) -> Issue:
    found = connector(**options).normalise(raw(data, opens=True))
    assert isinstance(found, Issue)
    return found


def written(headers: str, body: str = "It is broken.") -> bytes:
    return f"Message-ID: <a@x>\nFrom: Kim <kim@customer.example>\nSubject: Printer\n{headers}\n\n{body}\n".encode()


# --- recorded mails

# What must be there, and what must not: quoted mail, who wrote it, signatures.
REPLIES: dict[str, tuple[list[str], list[str]]] = {
    "correct_sig": (["this is an email with a correct -- signature."], ["rick"]),
    "email_1_1": (["What is the best way to clear", "Java HTTP API"], ["mailman/listinfo"]),
    "email_1_2": (["You can list the keys", "would do it"], ["I am currently using", "mailman/listinfo"]),
    "email_1_3": (["Oh thanks", "Having the function would be great"], ["Russell Brown", "You can list the keys"]),
    "email_1_4": (["Awesome! I haven't had another problem"], ["Loader seems", "defunkt", "Aug 22"]),
    "email_1_5": (["first bullet point", "fourth bullet point", "And another one", "It goes on and on"], []),
    "email_1_6": (["I get proper rendering as well"], ["Was this caching", "Corey", "wrote:"]),
    "email_1_7": ([":+1:"], ["Steps 0-2", "Chris Wanstrath"]),
    "email_1_8": (["I will reply under this one", "and under this"], ["Hey there, this is my signature", "hi there"]),
    "email_2_1": (["Outlook with a reply"], ["Google Apps Sync user", "mail-noreply", "Sent:"]),
    "email_2_2": (["Outlook with a reply directly above line"], ["CRM Comments", "A new comment"]),
    "email_2_3": (["Outlook with a reply above headers"], ["Kim via Site", "Respond to Kim", "tale aliquam"]),
    "email_BlackBerry": (["Here is another email"], ["Sent from"]),
    "email_bullets": (["test 2 this should list second", "how about bullets", "and another"], ["Give us", "Joe Smith"]),
    "email_gmail": (["This is a test for inbox replying"], ["Steven Scott", "outdated their version"]),
    "email_headers_no_delimiter": (["And another reply!"], ["Dan Watson", "A reply", "second line"]),
    "email_iPhone": (["Here is another email"], ["Sent from"]),
    "email_multi_word_sent_from_my_mobile_device": (["Here is another email"], ["Sent from"]),
    "email_one_is_not_on": (["One outstanding question", "when I run"], ["Dave Tapley", "much better query"]),
    "email_partial_quote_header": (["On your remote host you can run", "tunnel is not"], ["George", "odd issue"]),
    "email_sent_from_my_not_signature": (["Here is another email", "much easier then my mobile"], []),
    "email_sig_delimiter_in_middle_of_line": (["Stuff happened", "this is not a signature", "kthxbai"], []),
    "greedy_on": (["On your remote host", "tunnel is not working"], ["George Plymale", "odd issue"]),
    "pathological": (["I think you're onto something", "back to a computer"], ["John Sullivan", "ATGGAG", "Influenza"]),
}  # fmt: skip
CLIENTS = [
    "android",
    "aol",
    "apple_mail",
    "apple_mail_2",
    "comcast",
    "gmail",
    "hotmail",
    "iphone",
    "outlook",
    "sparrow",
    "thunderbird",
    "yahoo",
]
PAGES = [
    "gmail",
    "hotmail",
    "mail_ru",
    "ms_outlook_2003",
    "ms_outlook_2007",
    "ms_outlook_2010",
    "thunderbird",
    "windows_mail",
    "yandex_ru",
]


@pytest.mark.parametrize("name", REPLIES)
def test_of_a_recorded_reply_the_new_text_stays_and_the_old_goes(name: str) -> None:
    text = recordings("email-reply-parser", "test", "emails", f"{name}.txt").read_text("utf-8")
    must, must_not = REPLIES[name]

    body = understood(written("Content-Type: text/plain; charset=utf-8", text)).body

    assert [part for part in must if part not in " ".join(body.split())] == []
    assert [part for part in must_not if part in body] == []


@pytest.mark.parametrize("name", CLIENTS)
def test_of_a_mail_that_was_recorded_from_a_program_hello_stays(name: str) -> None:
    data = recordings("talon-mail", "tests", "fixtures", "standard_replies", f"{name}.eml").read_bytes()

    assert understood(data).body == "Hello"


@pytest.mark.parametrize("name", PAGES)
def test_of_a_recorded_page_the_new_text_stays_without_markup(name: str) -> None:
    data = recordings("talon-mail", "tests", "fixtures", "html_replies", f"{name}.html").read_bytes()

    body = understood(written("Content-Type: text/html; charset=utf-8", "").strip() + b"\n\n" + data).body

    assert body.startswith("Hi. I am fine.")
    assert [part for part in ("How are you", "Sasha", "2014", "abc@", "<") if part in body] == []


def test_two_more_recorded_shapes() -> None:
    fixtures = recordings("talon-mail", "tests", "fixtures")
    shared = understood((fixtures / "reply-quotations-share-block.eml").read_bytes()).body
    ruled = (fixtures / "reply-separated-by-hr.html").read_bytes()

    body = understood(written("Content-Type: text/html", "").strip() + b"\n\n" + ruled).body

    assert "menu and proposal" in shared
    assert "booking inquiry" not in shared
    assert body.split() == ["Hi", "there", "Bob"]


def test_the_recorded_helpdesk_mails_are_read_whatever_their_charset() -> None:
    folder = recordings("django-helpdesk-mail", "tests", "test_files")
    found = {path.stem: understood(path.read_bytes()) for path in sorted(folder.glob("*.eml"))}

    assert len(found) == 6
    assert found["quoted_printable"].title == "Český test"
    assert "Tohle je test českých písmen odeslaných z gmailu." in found["quoted_printable"].body
    assert found["all-special-chars"].title == "Testovácí email"
    assert "íářčšáíéřášč" in found["all-special-chars"].body
    assert found["forwarded-message"].body == "This is email body"
    assert found["blank-body-with-attachment"].title.startswith("Attachment without body - and a loooo")
    assert found["blank-body-with-attachment"].body == ""
    assert "BEGIN PGP MESSAGE" not in found["pgp"].body
    assert "\ufffd" not in found["utf-nondecodable"].body


def test_a_line_with_a_date_and_an_address_is_no_introduction_where_nothing_is_quoted_below() -> None:
    body = "It fails since\n14.09.2026 09:00 for kim@customer.example:\nthe printer jams."

    assert "since" in understood(written("", body)).body.split("\n")[0]
    assert "the printer jams" in understood(written("", body)).body
    assert "14.09.2026" in understood(written("", body)).body


# --- who wrote it, and whether a person did


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Generated; owner-email=a@b",
        "X-Autoreply: yes",
        "X-Autorespond: I am away",
        "X-Failed-Recipients: kim@customer.example",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "List-Id: News <news.example>",
        "Return-Path: <>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "X-Spam-Flag: YES",
    ],
)
def test_what_no_person_wrote_is_left_out(headers: str) -> None:
    assert connector().normalise(raw(written(headers))) is None


@pytest.mark.parametrize(
    "subject", ["Automatic reply: Printer", "Out of Office: back soon", "=?utf-8?q?Automatische_Antwort=3A_x?="]
)
def test_an_absence_is_known_by_its_subject(subject: str) -> None:
    assert connector().normalise(raw(f"Message-ID: <a@x>\nSubject: {subject}\n\nI am away.\n".encode())) is None


@pytest.mark.parametrize("headers", ["Auto-Submitted: no", "Precedence: normal", "Return-Path: <kim@customer.example>"])
def test_what_a_person_wrote_is_not(headers: str) -> None:
    assert isinstance(connector().normalise(raw(written(headers))), Issue)


def test_a_form_and_a_group_of_ours_are_read_when_they_are_named() -> None:
    form = written("Auto-Submitted: auto-generated\nReply-To: ann@other.example").replace(b"kim@", b"form@")
    group = written("List-Id: Support <support.fernhill.example>\nPrecedence: list")

    issue = understood(form, forms=["form@customer.example"])

    assert (issue.author, issue.author_role, issue.account) == ("ann@other.example", "customer", "other.example")
    assert understood(group, lists=["support.fernhill.example"]).author == "kim@customer.example"


def test_people_count_by_their_organisation_and_alone_where_their_address_is_anybodys() -> None:
    staff = {"staff": ["@fernhill.example", "temp@other.example"]}

    def who(address: str) -> tuple[str | None, str]:
        issue = understood(written("").replace(b"kim@customer.example", address.encode()), **staff)
        return issue.account, issue.author_role

    assert who("Kim@Customer.example") == ("customer.example", "customer")
    assert who("kim@gmail.com") == ("kim@gmail.com", "customer")
    assert who("sam@fernhill.example") == ("fernhill.example", "staff")
    assert who("temp@other.example") == ("other.example", "staff")
    assert who("no-reply@customer.example") == ("customer.example", "bot")


# --- what becomes of a mail


def test_flags_folder_and_importance_become_labels_tags_and_state() -> None:
    tags = {"escalate": ["high"], "private": ["hr"], "mute": ["flagged"]}
    options = {"tags": tags, "link": "https://mail.example/?q={id}"}
    given = raw(written("Importance: High\nTo: billing@fernhill.example"), flags=["\\flagged", "$done"], folder="HR")

    issue = connector(**options, closed=["done"]).normalise({**given, "noticed": "2026-09-15T10:00:00+00:00"})

    assert isinstance(issue, Issue)
    assert issue.labels == ("done", "flagged")
    assert issue.tags == {"escalate", "private", "mute"}
    assert (issue.state, issue.closed_at) == ("closed", datetime(2026, 9, 15, 10, tzinfo=UTC))
    assert (issue.project, issue.group) == ("HR", "billing@fernhill.example")
    assert issue.url == "https://mail.example/?q=a%40x"
    assert [event.what for event in issue.history] == ["created", "closed"]


def test_a_later_mail_of_a_thread_is_a_remark_on_it() -> None:
    answer = written("References: <first@x> <second@x>\nIn-Reply-To: <second@x>")

    remark = connector().normalise(raw(answer))

    assert isinstance(remark, Remark)
    assert (remark.issue, remark.comment.external_id, remark.comment.body) == ("first@x", "a@x", "It is broken.")
    assert connector(comments=False).normalise(raw(answer)) is None


def test_the_matter_of_a_forwarded_mail_is_the_mail_in_it() -> None:
    head = "---------- Forwarded message ---------\nFrom: Ann <a@x>\nDate: Mon\nSubject: Hm\nTo: us"
    body = f"See below.\n\n{head}\n\nIt burns."
    data = written("", body).replace(b"Subject: Printer", b"Subject: Fwd: Hm")

    issue = understood(data)

    assert issue.title == "Hm"
    assert issue.body.split("\n\n") == ["See below.", "It burns."]


def test_attachments_and_mails_in_mails_are_not_read() -> None:
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("The inner words.")
    outer = EmailMessage()
    outer["Message-ID"] = "<o@x>"
    outer["Subject"] = "Outer"
    outer.set_content("The outer words.")
    outer.add_attachment(inner)
    outer.add_attachment("A note,\nattached.", filename="note.txt")
    outer.add_attachment("A note without a name.")

    assert understood(outer.as_bytes()).body == "The outer words."


def test_a_mail_without_message_id_is_the_same_wherever_it_lies() -> None:
    data = b"From: a@x.example\nDate: Mon, 14 Sep 2026 09:00:00 +0000\nSubject: s\n\nwords\n"

    first, again, other = mail.read(data), mail.read(data), mail.read(data.replace(b"words", b"others"))

    assert first["id"] == again["id"] != other["id"]


def test_crafted_mails_take_no_time_to_speak_of() -> None:
    crafted = [
        "On x 1\n" * 100_000, "On 1 " * 30_000, "From: a\n" * 40_000, " " * 500_000 + "x", "> " * 15_000 + "x",
        "-" * 200_000, ("-- " + "a " * 500 + "\n") * 300, "On 1 a\n" * 3 + ":\n" * 50_000,
    ]  # fmt: skip
    before = datetime.now(UTC)

    for text in crafted:
        mail.own_words(text, "plain")
        mail.own_words(text, "html")
        mail.read(text.encode())
        mail.read(b"Subject: " + text.replace("\n", " ").encode() + b"\n\n")

    assert (datetime.now(UTC) - before).total_seconds() < 20


def test_ten_thousand_spoilt_items_are_set_aside_with_a_reason_or_understood() -> None:
    chance, reader = random.Random(11), connector(forms=["form@x"], lists=["l"], closed=["done"], link="x{id}")
    raws = [
        raw(written("Importance: high\nList-Id: <l>"), flags=["$done"]),
        raw(written("References: <b@x>")),
        raw(written("Content-Type: text/html", "<p>words</p>")),
    ]

    reasons = []
    for _ in range(10_000):
        item = spoilt(chance, chance.choice(raws), chance.randrange(1, 4))
        reader.known_as(item)
        try:
            reader.normalise(item)
        except BadItem as error:
            reasons.append(str(error).strip())

    assert len(reasons) > 500
    assert all(reasons)


def test_two_thousand_mails_with_octets_changed_are_read_without_an_error() -> None:
    chance = random.Random(3)
    files = sorted(recordings("talon-mail", "tests", "fixtures", "standard_replies").glob("*.eml"))
    originals = [path.read_bytes()[:20_000] for path in files]

    for _ in range(2_000):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randrange(1, 30)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(0, 4)] = chance.choice([b"", b"\n", b"\xff", b"=?", b'"', b"<", b":"])
        content = mail.read(bytes(data))
        assert content["id"]
        understood_or_left = connector().normalise(raw(bytes(data)))
        assert understood_or_left is None or isinstance(understood_or_left, Issue | Remark)


# --- threads


def place(mails: list[tuple[str, list[str]]], here: list[tuple[str, list[str]]] = []) -> list[tuple[str, bool]]:  # noqa: B006
    """Where each mail (id, references) belongs; `here` were read before, by an earlier pull."""
    at = datetime(2026, 9, 14, tzinfo=UTC)

    def search(header: str, value: str) -> list[tuple[datetime, Any]]:
        found = [{"id": i, "references": r} for i, r in here]
        if header == "Message-ID":
            return [(at, one) for one in found if one["id"] == value]
        return [(at, one) for one in found if value in one["references"]]

    threads = Threads(search, lambda content: None)
    return [threads.place({"id": i, "references": r}, at) for i, r in mails]


def test_a_thread_is_called_by_its_first_mail_however_its_answers_name_it() -> None:
    assert place([("a", []), ("b", ["a"]), ("c", ["a", "b"]), ("d", ["b"])]) == [
        ("a", True), ("a", False), ("a", False), ("a", False),
    ]  # fmt: skip


def test_mails_of_an_earlier_pull_are_asked_for() -> None:
    assert place([("c", ["b"])], here=[("a", []), ("b", ["a"])]) == [("a", False)]


def test_a_thread_that_a_machine_began_is_opened_by_the_first_person_in_it() -> None:
    at = datetime(2026, 9, 14, tzinfo=UTC)
    machine = {"id": "a", "references": [], "automatic": True}
    threads = Threads(lambda *_: [(at, machine)], lambda content: "automatic" if "automatic" in content else None)

    assert threads.place({"id": "b", "references": ["a"]}, at) == ("a", True)
    assert threads.place({"id": "c", "references": ["a"]}, at) == ("a", False)


def test_mails_that_name_each_other_are_one_thread() -> None:
    assert place([("a", ["b"]), ("b", ["a"])], here=[("a", ["b"]), ("b", ["a"])])[0][0] == "a"
    assert root_of({"a": "b", "b": "c", "c": "b"}, "a") == "b"


# --- options, and the words of the protocol


def test_a_password_in_the_clear_goes_to_this_machine_only() -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        connector(tls="no")

    assert connector(tls="no", host="127.0.0.1").server.port == 143
    assert connector(tls="no", insecure=True).server.tls == "no"
    assert connector().server.port == 993


@pytest.mark.parametrize("bad", [{"user": "u\r\nx"}, {"folders": ["a\nb"]}, {"folders": []}, {"host": "a b"}])
def test_options_that_would_break_the_protocol_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        connector(**bad)


def test_the_password_is_in_no_representation() -> None:
    made = connector(password="s3cret-word")

    assert "s3cret-word" not in repr(made.server)
    assert "s3cret-word" not in repr(made.options)


@pytest.mark.parametrize(("name", "wire"), [("Entwürfe", "Entw&APw-rfe"), ("A&B", "A&-B"), ("日本", "&ZeVnLA-")])
def test_folder_names_go_over_the_line_as_the_standard_has_it(name: str, wire: str) -> None:
    assert mailbox.encoded(name) == wire
    assert mailbox.decoded(wire) == name


def test_answers_are_read_in_every_form_that_servers_give_them() -> None:
    pieces = [
        (b'1 (UID 5 FLAGS (\\Seen $Done) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 9 BODY[]<0> {4}', b"abcd"),  # noqa: E501
        b")",
        (b'2 (BODY[] {2}', b"xy"),
        b' UID 6 INTERNALDATE " 1-Jan-2026 00:00:00 +0000" RFC822.SIZE 2 FLAGS ())',
        b'3 (UID 7 RFC822.SIZE 3 BODY[HEADER.FIELDS (X)] "UID \\"9\\"")',
        b"4 (FLAGS (\\Seen))",
    ]  # fmt: skip

    found = list(mailbox._fetched(pieces))

    assert [(one.uid, one.data) for one in found] == [(5, b"abcd"), (6, b"xy"), (7, b'UID "9"')]
    assert found[0].flags == {"\\seen", "$done"}
    assert found[0].received == datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)
    assert found[1].received == datetime(2026, 1, 1, tzinfo=UTC)
