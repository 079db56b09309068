"""What comes back by mail is understood, whoever wrote it and however; what is not waits for a person."""

import base64
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import returned
from pipeline.answers import NotAnAnswer
from pipeline.org import Org, Person, Team
from pipeline.return_path import ReturnPath
from pipeline.returned import Automatic, Reply, Report, Said
from tests.pipeline import returned_mails as mails

PATH = ReturnPath("k" * 40, replies="reply@notes.rosta.example", bounces="bounce@notes.rosta.example")
TO = PATH.address("bounce", mail=7, leader="kit", period="2026-W10") or ""
REPLY_TO = PATH.address("reply", mail=7, leader="kit", period="2026-W10") or ""
TODAY = date(2026, 3, 9)
ORG = Org(
    people={
        "kit": Person(id="kit", name="Kit Lund", email="kit@rosta.example"),
        "noor": Person(id="noor", name="Noor", email="noor@rosta.example"),
    },
    teams={
        "rosta": Team(id="rosta", name="Rosta", leader="noor"),
        "roasting": Team(id="roasting", name="Roasting", parent="rosta", leader="kit"),
    },
    fallback="rosta",
)


def read(data: str | bytes, trusted: str | None = "mx.example") -> returned.Returned:
    return returned.read(data if isinstance(data, bytes) else data.encode(), path=PATH, trusted=trusted)


def report(data: str | bytes) -> Report:
    found = read(data).found
    assert isinstance(found, Report), found
    return found


def replied(data: bytes, trusted: str | None = "mx.example") -> Reply:
    found = read(data, trusted).found
    assert isinstance(found, Reply), found
    return found


def postfix(action: str = "failed", status: str = "5.1.1", code: str = "550", words: str = "unknown") -> str:
    return mails.POSTFIX.format(to=TO, action=action, status=status, code=code, words=words)


# --- signed addresses


def test_an_address_says_which_mail_it_was_for_and_only_its_own_leader_and_period_fit():
    [token] = PATH.tokens([f"Leaf Notes <{REPLY_TO.upper()}>", REPLY_TO])

    assert (token.purpose, token.mail) == ("reply", 7)
    assert PATH.signed(token, leader="kit", period="2026-W10")
    assert not PATH.signed(token, leader="noor", period="2026-W10")
    assert not PATH.signed(token, leader="kit", period="2026-W11")


def test_an_address_for_replies_is_no_address_for_bounces():
    forged = TO.replace("bounce+", "reply+")
    [token] = PATH.tokens([forged])

    assert not PATH.signed(token, leader="kit", period="2026-W10")


@given(mail=st.integers(0, 2**63 - 1), leader=st.text(max_size=63))
def test_every_mail_fits_a_local_part_and_is_read_back(mail, leader):
    longest = ReturnPath("k" * 40, replies=None, bounces=f"{'b' * 30}@notes.rosta.example")
    address = longest.address("bounce", mail=mail, leader=leader, period="2026-W10")
    assert address is not None

    [token] = longest.tokens([address.swapcase()])

    assert len(address.partition("@")[0]) <= 64
    assert token.mail == mail
    assert longest.signed(token, leader=leader, period="2026-W10")


@pytest.mark.parametrize(
    "spoilt",
    [
        TO.replace("@notes", "@evil.notes"),
        TO + ".evil.example",
        "x" + TO,
        TO.replace("+", "+a"),
        "bounce+@notes.rosta.example",
    ],
)
def test_what_only_looks_like_an_address_of_ours_is_none(spoilt):
    assert [t for t in PATH.tokens([spoilt]) if PATH.signed(t, leader="kit", period="2026-W10")] == []


def test_another_key_signs_nothing_of_ours():
    other = ReturnPath("o" * 40, replies=None, bounces="bounce@notes.rosta.example")

    [token] = other.tokens([TO])

    assert not other.signed(token, leader="kit", period="2026-W10")


# --- reports


@pytest.mark.parametrize(
    ("action", "status", "code", "trouble"),
    [
        ("failed", "5.1.1", "550", "hard"),
        ("failed", "5.2.2", "552", "hard"),
        ("failed", "5.7.1", "550", "policy"),
        ("failed", "4.4.7", "451", "soft"),
        ("delayed", "4.4.1", "421", "delayed"),
        ("delivered", "2.1.5", "250", "success"),
    ],
)
def test_a_report_of_postfix_says_what_became_of_the_mail(action, status, code, trouble):
    found = report(postfix(action, status, code))

    assert (found.trouble, found.status, found.recipient) == (trouble, status, "kit@rosta.example")


def test_a_report_names_the_mail_by_the_address_that_it_came_to_and_not_by_what_it_gives_back():
    assert [t.mail for t in read(postfix()).tokens] == [7]


def test_exim_tells_the_exact_status_in_its_servers_words():
    found = report(mails.EXIM.format(to=TO))

    assert (found.trouble, found.status) == ("hard", "5.2.1")


@pytest.mark.parametrize(
    ("status", "words", "trouble"),
    [
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound; not found", "hard"),
        ("5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup; no", "policy"),
        ("4.4.316", "Connection refused", "soft"),
    ],
)
def test_exchange_gives_long_numbers(status, words, trouble):
    found = report(mails.EXCHANGE.format(to=TO, status=status, words=words))

    assert (found.trouble, found.status) == (trouble, status)


def test_gmail_folds_its_reasons():
    found = report(mails.GMAIL.format(to=TO))

    assert (found.trouble, found.status) == ("hard", "5.1.1")
    assert "does not exist" in found.said


def test_a_report_in_words_of_its_own_is_read_where_it_gives_a_status():
    found = report(mails.QMAIL.format(to=TO))

    assert (found.trouble, found.status) == ("hard", "5.1.1")


def test_a_report_without_any_form_that_refuses_us_is_policy():
    found = report(mails.DRAGONFLY.format(to=TO))

    assert (found.trouble, found.status) == ("policy", "5.7.26")


def test_a_report_whose_fields_are_empty_is_for_a_person():
    head, _, _ = mails.GMAIL.format(to=TO).partition("Reporting-MTA:")

    assert report(f"{head}\n--00000000000aaa--\n").trouble == "unknown"


def test_a_report_without_a_status_is_for_a_person():
    assert report(mails.QMAIL.format(to=TO).replace(" (#5.1.1)", "")).trouble == "unknown"


def test_of_several_recipients_the_one_for_whom_it_is_worst_counts():
    more = "Final-Recipient: rfc822; a@rosta.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; kit"
    found = report(postfix().replace("Final-Recipient: rfc822; kit", more))

    assert found.trouble == "hard"


def test_a_status_that_was_encoded_against_the_rules_is_read():
    fields = "Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; kit@rosta.example\nAction: failed\nStatus: 5.1.1\n"
    mail = (
        f"To: {TO}\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(fields.encode()).decode()}\n--b--\n"
    )

    assert report(mail).status == "5.1.1"


def test_a_report_whose_status_is_spoilt_is_for_a_person():
    assert report(postfix().replace("Action: failed", "Acton: failed")).trouble in ("hard", "unknown")
    assert report(mails.EXCHANGE.format(to=TO, status="5.1.1", words="").replace("Action:", "A:")).trouble == "unknown"


# --- what nobody wrote


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: AUTO-REPLIED; owner=kit",
        "X-Autoreply: yes",
        "X-Autorespond: out",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "List-Id: <all.rosta.example>",
    ],
)
def test_an_automatic_reply_is_never_a_reply(head):
    assert isinstance(read(mails.reply("act: I am away by 2026-10-02", to=REPLY_TO, head=head)).found, Automatic)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Stale beans",
        "Out of Office: x",
        "Abwesenheitsnotiz: x",
        "=?utf-8?q?R=C3=A9ponse_automatique?= : x",
    ],
)
def test_an_absence_notice_is_known_by_its_subject(subject):
    mail = mails.reply("I will act on it when I am back", to=REPLY_TO).replace(b"Re: Stale beans", subject.encode())

    assert isinstance(read(mail).found, Automatic)


@pytest.mark.parametrize("answer", ["act: x by 2026-10-02", "not now: x", "wrong quote 2", "later until 2026-10-02"])
def test_an_answer_is_one_whatever_the_pain_is_called_that_its_subject_names(answer):
    mail = mails.reply(answer, to=REPLY_TO).replace(b"Re: Stale beans", b"Out of office replies eat tickets")

    assert replied(mail).text == answer


@pytest.mark.parametrize("again", ["Re", "RE", "AW", "Antw"])
def test_a_reply_to_a_pain_of_absence_notices_is_for_a_person_where_it_is_no_answer(again):
    subject = f"{again}: Out of office replies eat tickets: 5 customers".encode()
    mail = mails.reply("I am away", to=REPLY_TO).replace(b"Re: Stale beans", subject)

    assert returned.said(replied(mail).text) is None


def test_auto_submitted_no_is_a_person():
    assert replied(mails.reply("act: x", to=REPLY_TO, head="Auto-Submitted: no")).doubt is None


def test_a_receipt_is_automatic():
    mail = (
        "From: kit@rosta.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nact: read\n--b--\n"
    )

    assert isinstance(read(mail).found, Automatic)


# --- who wrote it


def test_a_reply_is_believed_where_the_own_server_says_so():
    assert replied(mails.reply("act: x", to=REPLY_TO)) == Reply(sender="kit@rosta.example", doubt=None, text="act: x")


PASS = "mx.example; dmarc=pass header.from=rosta.example"


@pytest.mark.parametrize(
    "results",
    [
        None,
        "mx.example; dmarc=fail header.from=rosta.example",
        "mx.example; dmarc=none header.from=rosta.example",
        "mx.example; dmarc=temperror header.from=rosta.example",
        "mx.example; spf=pass smtp.mailfrom=rosta.example; dkim=pass header.d=rosta.example",
        "mx.example; dmarc=pass header.from=evil.example",
        "mx.example; dmarc=pass",
        "mx.example; none",
        f"evil.example; {PASS}",
        "mx.example.evil.example; dmarc=pass header.from=rosta.example",
        "mx.example; dmarc=fail (dmarc=pass header.from=rosta.example) header.from=rosta.example",
        'mx.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=rosta.example"',
        r"mx.example; spf=pass (said \) ; dmarc=pass header.from=rosta.example)",
        "mx.example; dmarc=pass header.from=rosta.example; dmarc=fail header.from=rosta.example",
        "mx.example; x-dmarc=pass header.from=rosta.example",
        f"mx.example; dmarc=fail header.from=rosta.example\nAuthentication-Results: {PASS}",
    ],
)
def test_a_sender_for_whom_the_own_server_does_not_speak_is_not_believed(results):
    assert replied(mails.reply("act: x", to=REPLY_TO, results=results)).doubt is not None


@pytest.mark.parametrize(
    "results",
    [
        PASS,
        "MX.example 1; spf=pass smtp.mailfrom=a.example; dmarc=pass (p=none dis=none) header.from=Rosta.Example",
        f"mx.example;\n\tdkim=pass header.d=x;\n\tdmarc=pass header.from=rosta.example\nAuthentication-Results: {PASS}",
        f"other.example; dmarc=fail\nAuthentication-Results: {PASS}",
    ],
)
def test_the_topmost_results_of_the_own_server_count(results):
    assert replied(mails.reply("act: x", to=REPLY_TO, results=results)).doubt is None


def test_without_a_trusted_server_nobody_is_believed():
    assert replied(mails.reply("act: x", to=REPLY_TO), trusted=None).doubt is not None


@pytest.mark.parametrize(
    "sender",
    [
        '"kit@rosta.example" <evil@evil.example>',
        "kit@rosta.example <evil@evil.example>",
        "kit@rosta.example, evil@evil.example",
        "<evil@evil.example>\nFrom: kit@rosta.example",
        "kit@rosta.example\nfrom: evil@evil.example",
        "evil@evil.example (kit@rosta.example)",
        "kit@rosta.example (x) <evil@evil.example>",
        "kit@rosta.example\0@evil.example",
        "=?utf-8?q?kit=40rosta=2Eexample?= <evil@evil.example>",
        "undisclosed:kit@rosta.example;",
    ],
)
def test_a_sender_that_can_be_read_in_two_ways_is_not_the_leader(sender):
    found = replied(mails.reply("act: x", to=REPLY_TO, sender=sender))

    assert found.sender != "kit@rosta.example" or found.doubt is not None


@pytest.mark.parametrize(
    "sender", ["kit@rosta.example", '"Lund, Kit" <Kit@Rosta.example>', "=?utf-8?q?K=C3=AFt?= <kit@rosta.example>"]
)
def test_a_plain_sender_is_read(sender):
    assert replied(mails.reply("act: x", to=REPLY_TO, sender=sender)).sender == "kit@rosta.example"


# --- what a reply says


@pytest.mark.parametrize("shape", [mails.GMAIL_REPLY, mails.OUTLOOK_REPLY, mails.APPLE_REPLY, mails.BELOW_REPLY])
def test_the_first_own_line_is_read_however_a_program_quotes(shape):
    body = shape.format(said="act: We roast twice a week by 2026-10-02")

    said = returned.said(replied(mails.reply(body, to=REPLY_TO)).text)

    assert said == Said(verb="act", text="We roast twice a week", due="2026-10-02")


@pytest.mark.parametrize(
    "intro",
    [
        "Am Mo., 9. März 2026 um 09:00 Uhr schrieb Leaf Notes <\nnotes@notes.rosta.example>:\n",
        "Leaf Notes <notes@notes.rosta.example> schrieb am Mo., 9. März 2026, 09:00:\n",
        "Am Montag, 9. März 2026 um 09:00:00 MEZ hat Leaf Notes <n@x.example> Folgendes geschrieben:\n\n",
    ],
)
def test_an_answer_below_the_mail_is_read_in_german_too(intro):
    body = f"{intro}\n> act: not this line by 2026-01-01\n\nact: We roast twice"

    assert replied(mails.reply(body, to=REPLY_TO)).text == "act: We roast twice"


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060\u200e"])
def test_letters_that_nobody_sees_hide_no_answer(unseen):
    assert replied(mails.reply(f"{unseen}act: We{unseen} roast", to=REPLY_TO)).text == "act: We roast"


def test_html_alone_is_read_as_text():
    mail = mails.reply(
        "<html><body><div>act: We roast twice by 2026-10-02</div><br><div class='gmail_quote'>On Mon, 9 Mar 2026 at "
        "09:00, Leaf Notes &lt;n@x.example&gt; wrote:<blockquote>act: no by 2026-01-01</blockquote></div>",
        to=REPLY_TO,
    ).replace(b"text/plain", b"text/html")

    assert returned.said(replied(mail).text) == Said(verb="act", text="We roast twice", due="2026-10-02")


PLAIN, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
WORDS, DUE = "act: We roast twice by 2026-10-02", Said(verb="act", text="We roast twice", due="2026-10-02")
BOLD = "<p><b>act:</b> We roast twice by 2026-10-02</p>"


@pytest.mark.parametrize(
    "mail",
    [
        mails.parted("mixed", (HTML, BOLD), (PLAIN, "This message was scanned."), to=REPLY_TO),
        mails.parted("mixed", (PLAIN, WORDS), (HTML, "<p>This message was scanned.</p>"), to=REPLY_TO),
        mails.parted("mixed", (PLAIN, "\n"), (HTML, BOLD), to=REPLY_TO),
        mails.parted("alternative", (PLAIN, WORDS), (HTML, "<p>pause</p>"), to=REPLY_TO),
        mails.parted("alternative", (HTML, "<p>pause</p>"), (PLAIN, WORDS), to=REPLY_TO),
        mails.parted("alternative", (PLAIN, " \n"), (HTML, BOLD), to=REPLY_TO),
        mails.parted(
            "mixed",
            ('multipart/alternative; boundary="c"', f"--c\nContent-Type: {HTML}\n\n{BOLD}\n--c--"),
            (PLAIN, "This message was scanned."),
            to=REPLY_TO,
        ),
        mails.parted("mixed", (f"{PLAIN}\nContent-Disposition: attachment", "pause"), (HTML, BOLD), to=REPLY_TO),
        mails.parted("mixed", (f"{PLAIN}; name=notes.txt", "pause"), (HTML, BOLD), to=REPLY_TO),
        mails.parted(
            "mixed", (HTML, BOLD), (f"{PLAIN}\nContent-Disposition: inline; filename=n.txt", "pause"), to=REPLY_TO
        ),
    ],
)
def test_the_first_part_with_words_is_read_and_no_attachment_or_footer(mail):
    assert returned.said(replied(mail).text) == DUE


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Act: roast twice, by 2026-10-02.", Said(verb="act", text="roast twice", due="2026-10-02")),
        ("2 act: roast", Said(verb="act", number=2, text="roast")),
        ("#3. Understand: sit with them", Said(verb="understand", number=3, text="sit with them")),
        ("understand first: sit by 2026-10-02", Said(verb="understand", text="sit", due="2026-10-02")),
        ("belongs to Noor: she buys: beans", Said(verb="belongs", text="she buys: beans", to="Noor")),
        ("Not now: no money", Said(verb="not_now", text="no money")),
        ("not now, because: no money by 2026-10-02", Said(verb="not_now", text="no money by 2026-10-02")),
        ("PAUSE", Said(verb="pause")),
        ("Pause.", Said(verb="pause")),
    ],
)
def test_a_line_in_the_form_of_an_answer(line, said):
    assert returned.said(line) == said


LONG = "we have nobody who could look at this before the winter, sorry"
LINK = "https://supplier.example/a/very/long/path/to/the/page/that/says/so/1234567890"
SIT = "we will sit with the people who pack the parcels, and look at"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"not now: {LONG}\nas we are", f"{LONG} as we are"),
        (f"not now: {LONG}\nKit", LONG),
        (f"not now: {LONG}\n- Kit Lund\nHead of Roasting", LONG),
        (f"act: {SIT} stock\nunconditionally each morning, and that until it is right again by\n2026-10-02\nKit",
         f"{SIT} stock unconditionally each morning, and that until it is right again"),
        (f"act: {SIT} it by 2026-10-02\nKitty", f"{SIT} it"),
        (f"act: {SIT} stock on each day by 2026-10-02\nKitty", f"{SIT} stock on each day"),
        (f"not now: {SIT} stock on each day, of all\nKitty", f"{SIT} stock on each day, of all"),
        (f"2 not now: it comes in spring, see\n{LINK}", f"it comes in spring, see {LINK}"),
        (f"act: We do as it says at\n{LINK}?and=more\nby 2026-10-02\nKitty", f"We do as it says at {LINK}?and=more"),
        (f"not now: {SIT} stock\n\nUnconditionally", f"{SIT} stock"),
        ("not now: no money\nWe have asked for some, and the answer was that there is none", "no money"),
    ],
)  # fmt: skip
def test_lines_that_a_mail_program_cut_are_one_and_no_others(body, words):
    said = returned.said(replied(mails.reply(body, to=REPLY_TO, sender="Kit Lund <kit@rosta.example>")).text)

    assert said is not None
    assert said.text == words


@pytest.mark.parametrize(
    "sender", ['"Lund, Kit" <k@a.example>', "=?utf-8?q?Lund=2C_Kit?= <k@a.example>", "kit@a.example"]
)
def test_the_senders_own_name_is_no_part_of_an_answer(sender):
    said = returned.said(replied(mails.reply(f"not now: {LONG}\nKit", to=REPLY_TO, sender=sender)).text)

    assert said == Said(verb="not_now", text=LONG)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("format=flowed", "not now: no \nmoney, and \nnone is coming\nUnfortunately"),
        ("Format=Flowed; DelSp=Yes", "not now: no  \nmoney, and no \nne is coming\nUnfortunately"),
        ("format=flowed", "> all of \n> that\nnot now: no \n money, and none is coming\n-- \nKit"),
    ],
)
def test_a_line_of_flowed_text_goes_on_where_it_says_so(head, body):
    mail = mails.reply(body, to=REPLY_TO).replace(b"charset=utf-8", f"charset=utf-8; {head}".encode())

    assert returned.said(replied(mail).text) == Said(verb="not_now", text="no money, and none is coming")


@pytest.mark.parametrize("ended", [f"<p>not now: {LONG}<br>Kitty</p>", f"<div>not now: {LONG}</div><div>Kitty</div>"])
def test_a_line_of_html_ends_where_it_ends(ended):
    mail = mails.reply(ended, to=REPLY_TO).replace(b"text/plain", b"text/html")

    assert returned.said(replied(mail).text) == Said(verb="not_now", text=LONG)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Thanks, I will act on it",
        "Hello\nact: x by 2026-10-02",
        "please pause the beans",
        "actually: no",
        "act",
        "react: x",
    ],
)
def test_anything_else_is_for_a_person(line):
    assert returned.said(line) is None


@pytest.mark.parametrize("name", ["noor", "Noor", "ROSTA", "noor@rosta.example"])
def test_a_leader_is_named_by_id_name_address_or_team(name):
    found = returned.given(Said(verb="belongs", text="hers", to=name), leader="kit", org=ORG, today=TODAY)

    assert found.to == "noor"


@pytest.mark.parametrize("said", [
    Said(verb="belongs", text="x", to="Nobody"),
    Said(verb="belongs", text="x", to="kit"),
    Said(verb="act", text="x"),
    Said(verb="act", text="x", due="2026-02-31"),
    Said(verb="act", text="", due="2026-10-02"),
])  # fmt: skip
def test_an_answer_by_mail_needs_what_every_answer_needs(said):
    with pytest.raises(NotAnAnswer):
        returned.given(said, leader="kit", org=ORG, today=TODAY)


# --- the same mail, and hostile ones


def test_the_same_mail_has_one_key_whatever_servers_add_and_another_has_its_own():
    one = mails.reply("act: x", to=REPLY_TO)
    again = b"Received: from b by c\r\n" + one.replace(b"\n", b"\r\n")

    assert read(one).key == read(again).key
    assert read(one).key != read(one.replace(b"act: x", b"act: y")).key


HEADERS = st.sampled_from([
    "From: kit@rosta.example", "From: \0@\xff", f"To: {TO}", f"To: {REPLY_TO}",
    "Content-Type: multipart/mixed; boundary=b",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "Content-Type: text/plain; charset=zip",
    "Content-Type: message/delivery-status", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: uuencode", "Content-Transfer-Encoding: quoted-printable", "Content-Type: ;;;=",
    "Subject: =?utf-8?b?////?=", "Authentication-Results: mx.example; dmarc=pass (((", "Return-Path: <>", "--b",
    "--b--", "",
    "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp", "begin 644 x", "Content-Type: text/html; charset*=x''%",
    "Message-ID: <" + "x" * 400 + ">", "act: x by 2026-10-02", "Content-Disposition: attachment; filename*0*=a",
])  # fmt: skip


@given(lines=st.lists(HEADERS | st.text(max_size=30), max_size=40), tail=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example(lines=["Content-Type: text/plain; charset=\udc80"], tail=b"\0")
def test_no_mail_makes_reading_fail(lines, tail):
    found = read("\n".join(lines).encode("utf-8", "replace") + b"\n\n" + tail)

    assert "\0" not in found.excerpt + found.message_id + found.subject
    (found.excerpt + found.message_id + found.subject).encode()


@given(data=st.binary(max_size=2000))
@settings(deadline=None)
def test_no_bytes_make_reading_fail(data):
    assert len(read(data).key) == 64


def test_parts_nested_deeper_than_python_can_follow_are_for_a_person():
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    found = read(f"To: {TO}\n{deep}")

    assert isinstance(found.found, Report | Reply)
    assert [t.mail for t in found.tokens] == [7]


def test_a_mail_of_more_than_ten_megabytes_is_read_as_far_as_its_words():
    found = read(mails.reply("act: x by 2026-10-02\n\n" + "> quoted\n" * 1_300_000, to=REPLY_TO))

    assert isinstance(found.found, Reply)
    assert returned.said(found.found.text) == Said(verb="act", text="x", due="2026-10-02")
