"""What is written by hand is read back by two parsers of the standard library that share little code."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.digest import mime
from pipeline.digest.mime import UnsafeMailError

TEXT = "What hurts\n\nEngineers wait on CI.\n"
HTML = "<h1>What hurts</h1>\n<p>Engineers wait on CI.</p>\n"
ID = mime.message_id("notes.fernhill.example", "ines", "2026-W38", 1)
ARGUMENTS: dict[str, Any] = {
    "text": TEXT,
    "html": HTML,
    "subject": "Wrong invoices, lost visits | leaf notes, week 38",
    "sender": "Leaf Notes for Fernhill <leaf@notes.fernhill.example>",
    "recipient": "ines@fernhill.example",
    "date": datetime(2026, 9, 21, 9, 4, 11, tzinfo=timezone(timedelta(hours=1))),
    "message_id": ID,
    "list_id": "Leaf Notes for Fernhill <leaf-weekly.notes.fernhill.example>",
    "reference": "2026-W38.ines.1",
}
NAMES = [
    *("From", "To", "Subject", "Date", "Message-ID", "List-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("X-Entity-Ref-ID", "Feedback-ID", "Content-Language", "MIME-Version", "Content-Type"),
]
HOSTILE = [
    "=?utf-8?q?a=0D=0ABcc:_evil@x.example?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAeC5leGFtcGxl?= =?utf-8?q?=0D=0ABcc:_evil@x.example?=",
    "a\r\nBcc: evil@x.example",
    "a\nBcc: evil@x.example\n\nbody",
    "a\r\n\r\n<script>",
    "a\u2028Bcc: evil@x.example\u2029\x0b\x0c\x1c\x1d\x1e\x85Bcc: evil@x.example",
    "half \ud83d a character \udcff",
    "==??=?utf-8?q?x?==?",
    "nul \x00 bell \x07 escape \x1b[31m",
    "\u202eelpmaxe.live\u202c",
    "x" * 10_000,
    "é" * 10_000,
    "word " * 2_000,
    "日本語 " * 900,
    "",
    "   ",
    ': ; , <> " \\ ( ) @',
]


def _build(**changed: Any) -> bytes:
    return mime.build(**{**ARGUMENTS, **changed})


def _modern(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _old(raw: bytes) -> Message:
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def _unfolded(value: str) -> str:
    return str(make_header(decode_header(re.sub(r"\r?\n(?=[ \t])", "", value))))


def _bodies(raw: bytes) -> list[list[str]]:
    """The parts as each parser decodes them, with plain line ends."""
    found = []
    for message in (_modern(raw), _old(raw)):
        parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        found.append([part.decode().replace("\r\n", "\n") for part in parts if isinstance(part, bytes)])
    return found


def test_text_comes_first_and_both_parsers_read_both_parts() -> None:
    raw = _build()

    assert _bodies(raw) == [[TEXT, HTML], [TEXT, HTML]]
    assert [part.get_content_type() for part in _modern(raw).iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in _modern(raw).iter_parts()] == ["utf-8", "utf-8"]


def test_the_headers_say_what_they_are_meant_to() -> None:
    read = _modern(_build())

    assert read.keys() == NAMES
    assert not read.defects
    assert {name: str(read[name]) for name in NAMES[:-1]} == {
        "From": ARGUMENTS["sender"],
        "To": ARGUMENTS["recipient"],
        "Subject": ARGUMENTS["subject"],
        "Date": "Mon, 21 Sep 2026 09:04:11 +0100",
        "Message-ID": ID,
        "List-ID": ARGUMENTS["list_id"],
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Entity-Ref-ID": "2026-W38.ines.1",
        "Feedback-ID": "2026-W38.ines.1:leafnotes",
        "Content-Language": "en",
        "MIME-Version": "1.0",
    }


def test_the_same_mail_is_the_same_bytes_and_another_is_not() -> None:
    assert _build() == _build()
    assert _build(message_id=mime.message_id("notes.fernhill.example", "ines", "2026-W38", 2)) != _build()


def test_message_ids_are_stable_and_differ_wherever_digests_do() -> None:
    cases = [
        ("a.example", "ines", "2026-W38", 1),
        ("b.example", "ines", "2026-W38", 1),
        ("a.example", "i", "nes2026-W38", 1),
        ("a.example", "ines", "2026-W39", 1),
        ("a.example", "ines", "2026-W38", 2),
        ("a.example", "ïnes", "2026-W38", 1),
    ]
    ids = [mime.message_id(*case) for case in cases]

    assert mime.message_id(*cases[0]) == "<digest-3ef9186f-6254-5dc9-a466-f2bf26bc8996@a.example>"
    assert len(set(ids)) == len(ids)


def _assert_unharmed(raw: bytes, names: list[str]) -> None:
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(32 <= byte < 127 or byte in b"\r\n" for byte in head)
    assert [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] != b" "] == names
    assert _modern(raw).keys() == names
    assert _old(raw).keys() == names
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    # The library writes what it has read once more: the way by which encoded-words became headers.
    again = _modern(_modern(raw).as_bytes())
    assert "Bcc" not in again
    assert _bodies(raw) == [[TEXT, HTML], [TEXT, HTML]]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["subject", "sender", "list_id", "reference", "reply_to"])
def test_no_known_attack_adds_or_breaks_a_header(field: str, value: str) -> None:
    behind = {"sender": " <a@b.example>", "reply_to": " <a@b.example>", "list_id": " <l.b.example>"}.get(field, "")

    raw = _build(**{field: value + behind})

    _assert_unharmed(raw, [*NAMES[:1], "Reply-To", *NAMES[1:]] if field == "reply_to" else NAMES)


_PIECES = st.sampled_from(
    ["\r\n", "\n", "Bcc: evil@x.example", "=?", "?=", "=?utf-8?q?=0D=0A?=", "\u2028", "\udc80", "<", '"', " "]
)
_ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
_NASTY = st.lists(st.one_of(_PIECES, _ANYTHING), max_size=12).map("".join)


@given(_NASTY)
def test_any_subject_arrives_as_its_harmless_self(subject: str) -> None:
    raw = _build(subject=subject)

    _assert_unharmed(raw, NAMES)
    meant = mime._plain(subject)
    assert "=?" not in meant
    assert _unfolded(str(_old(raw)["Subject"])) == meant
    assert " ".join(str(_modern(raw)["Subject"]).split()) == " ".join(meant.split())


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=400))
def test_any_text_round_trips_through_both_parsers(content: str) -> None:
    raw = _build(text=content, html=content)

    assert _bodies(raw) == [[content, content], [content, content]]


@given(_NASTY)
def test_any_name_leaves_the_address_alone(name: str) -> None:
    raw = _build(sender=f"{name} <leaf@notes.example>")

    _assert_unharmed(raw, NAMES)
    (address,) = _modern(raw)["From"].addresses
    assert address.addr_spec == "leaf@notes.example"


def test_plain_subjects_stay_readable_on_the_wire() -> None:
    words = " ".join(f"word{n}" for n in range(40))

    raw = _build(subject=words)

    assert b"Subject: word0 word1" in raw
    assert _unfolded(str(_old(raw)["Subject"])) == words


def test_half_a_character_in_a_body_does_not_stop_the_mail() -> None:
    assert _bodies(_build(text="a\ud800b"))[0][0] == "a\ufffdb"


@pytest.mark.parametrize(("letter", "encoding"), [("e", "quoted-printable"), ("é", "base64"), ("日", "base64")])
def test_the_shorter_encoding_is_taken(letter: str, encoding: str) -> None:
    raw = _build(text=(letter * 40 + "\n") * 30)

    assert next(iter(_modern(raw).iter_parts()))["Content-Transfer-Encoding"] == encoding


def test_lines_without_end_are_broken_up() -> None:
    raw = _build(text="x" * 50_000, html="<p>" + "é " * 50_000)

    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def test_unsubscribing_by_one_click_needs_https() -> None:
    secure = _modern(_build(unsubscribe_url="https://leaf.fernhill.example/u/opaque"))
    plain = _modern(_build(unsubscribe_url="http://127.0.0.1:8000/u/opaque"))

    assert secure["List-Unsubscribe"] == "<https://leaf.fernhill.example/u/opaque>"
    assert secure["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain["List-Unsubscribe"] == "<http://127.0.0.1:8000/u/opaque>"
    assert "List-Unsubscribe-Post" not in plain


def test_international_domains_and_names_are_written_in_ascii() -> None:
    read = _modern(_build(sender="Blätter, für Fernhügel <blatt@bücher.example>"))

    (address,) = read["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Blätter, für Fernhügel", "blatt@xn--bcher-kva.example")


def test_one_digests_reference_is_never_anothers() -> None:
    references = ["a b", "a%20b", "a:b", "a" * 300, "a" * 301, "é"]

    written = [_modern(_build(reference=reference))["X-Entity-Ref-ID"] for reference in references]

    assert len(set(written)) == len(references)


@pytest.mark.parametrize(
    ("changed", "header"),
    [
        ({"recipient": "ines"}, "To"),
        ({"recipient": "ines@fernhill.example, evil@x.example"}, "To"),
        ({"recipient": "ines@fernhill.example\r\nBcc: evil@x.example"}, "To"),
        ({"recipient": "ïnes@fernhill.example"}, "To"),
        ({"sender": "Leaf Notes"}, "From"),
        ({"reply_to": "a..b@c.example"}, "Reply-To"),
        ({"list_id": "Leaf Notes <not a domain>"}, "List-ID"),
        ({"message_id": "<a@b>\r\nBcc: evil@x.example"}, "Message-ID"),
        ({"unsubscribe_url": "javascript:alert(1)"}, "List-Unsubscribe"),
        ({"unsubscribe_url": "https://a.example/>\r\nBcc: evil@x.example"}, "List-Unsubscribe"),
        ({"language": "en\r\nBcc: evil@x.example"}, "Content-Language"),
        ({"date": ARGUMENTS["date"].replace(tzinfo=None)}, "Date"),
    ],
)
def test_what_cannot_be_written_safely_is_refused_by_name(changed: dict[str, Any], header: str) -> None:
    with pytest.raises(UnsafeMailError) as refused:
        _build(**changed)

    assert refused.value.header == header


@pytest.mark.parametrize(
    "head",
    [
        b"A: 1\r\nB: 2\r\nBcc: x\r\n",
        b"A: 1\r\n",
        b"B: 2\r\nA: 1\r\n",
        b"A: 1\r\nB: 2\r\n\r\nC: 3\r\n",
        b"A: 1\nBcc: x\r\nB: 2\r\n",
        b"A: \xc3\xa9\r\nB: 2\r\n",
        b"A: " + b"x" * 1000 + b"\r\nB: 2\r\n",
        b"A: 1\r\n  \r\nB: 2\r\n",
        b"A: 1\r\nB: 2",
    ],
)
def test_the_check_after_writing_notices_what_was_not_meant(head: bytes) -> None:
    with pytest.raises(UnsafeMailError):
        mime._verify(head, ["A", "B"])


def test_the_check_after_writing_refuses_a_header_that_stands_twice() -> None:
    with pytest.raises(UnsafeMailError):
        mime._verify(b"A: 1\r\nA: 2\r\n", ["A", "A"])


def test_dates_with_odd_offsets_are_written_in_utc() -> None:
    odd = datetime(2026, 9, 21, 9, 0, tzinfo=timezone(timedelta(minutes=19, seconds=32)))

    read = _modern(_build(date=odd))["Date"].datetime

    assert read == odd.astimezone(UTC)
