"""What people read after cleaning, what is marked, and that hostile text costs no more than its length."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.clean import CUT, LONGEST, Markup, clean

MARKUPS: tuple[Markup, ...] = ("markdown", "html", "plain", "wiki")


# --- Markdown


def test_a_markdown_report_reads_like_prose() -> None:
    text = clean(
        "# Export hangs\n\nIt **never** ends, see [the docs](https://d.example/a(b)) and `export.log`.\n\n* one\n* two"
    )

    assert text == "Export hangs\n\nIt never ends, see the docs and export.log.\n\n- one\n- two"


def test_template_headings_and_comments_go_and_the_answers_stay() -> None:
    text = clean(
        "### Describe the bug\n<!-- A clear description. -->\nSaving fails.\n\n**To Reproduce**\n1. Click save\n\n"
        "### Additional context\n_No response_\n\n- [x] I have searched the existing issues\n- [ ] I "
        "agree to the code of conduct"
    )

    assert text == "Saving fails.\n\n1. Click save"


def test_a_comment_that_is_never_closed_hides_nothing() -> None:
    assert clean("before <!-- after") == "before after"


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("```\nTypeError: x\n```", "Look:\nTypeError: x\ndone"),
        ("```python\na = 1\nb = 2\nc = 3\n```", "Look:\n```\na = 1\nb = 2\nc = 3\n```\ndone"),
        ("~~~\n" + "x" * 300 + "\n~~~", "Look:\n```\n[data]\n```\ndone"),
        ("<pre>\na &lt; 1\n_b_ = 2\n**c** = 3\n</pre>", "Look:\n\n```\na < 1\n_b_ = 2\n**c** = 3\n```\n\ndone"),
        (
            "```shell\n" + 2 * "I cannot log in since the update of Monday.\n" + "It is sad.\n```",
            "Look:\n" + 2 * "I cannot log in since the update of Monday.\n" + "It is sad.\ndone",
        ),
    ],
)
def test_short_output_and_fenced_prose_are_read_and_code_is_kept_between_fences(code: str, left: str) -> None:
    assert clean(f"Look:\n{code}\ndone") == left


def test_images_vanish_and_tables_keep_their_cells() -> None:
    assert clean("![shot](a.png)\n| plan | price |\n|---|---|\n| gold | 9 |") == "plan | price\n\ngold | 9"


def test_names_with_underscores_and_stars_in_sums_are_not_emphasis() -> None:
    assert clean("set my_own_name and 2 * 3 * 4") == "set my_own_name and 2 * 3 * 4"


def test_type_parameters_in_angle_brackets_are_the_authors_text() -> None:
    assert clean("a List<String> <b>bold</b> &lt;T&gt;") == "a List<String> bold <T>"


# --- HTML and wiki markup


def test_html_blocks_become_lines_and_scripts_vanish() -> None:
    text = clean(
        "<html><head><title>t</title></head><body><p>Hello <b>you</b>,</p><p>it&nbsp;is &lt;late&gt;<br>now</p>"
        "<ul><li>one</li><li>two</li></ul><script>alert(1)</script><img src=x alt=y></body></html>",
        "html",
    )

    assert text == "Hello you,\n\nit is <late>\nnow\n\n- one\n\n- two"


def test_quoted_mail_in_html_vanishes_with_everything_inside_it() -> None:
    html = '<div>New words</div><div class="gmail_quote">old <div>older</div> still old</div><p>after</p>'

    assert clean(html, "html") == "New words\n\nafter"


def test_jira_markup_becomes_prose() -> None:
    text = clean(
        "h2. Problem\n*Nightly* build of {{core}} fails, see [the log|https://l.example] [~anna] !shot.png|width=3!\n"
        "{code:java}\na\nb\nc\n{code}\n{quote}you said{quote}\nbq. and that\n# first\n----",
        "wiki",
    )

    assert text == "Problem\n\nNightly build of core fails, see the log [person]\n\n```\na\nb\nc\n```\n\n- first"


# --- mail


def test_quotes_and_their_introductions_go() -> None:
    text = clean(
        "It still fails.\n\nOn Mon, 3 Feb 2025 at 10:11, Support <s@x.example> wrote:\n> try again\n>> older", "plain"
    )

    assert text == "It still fails."


@pytest.mark.parametrize(
    "tail",
    [
        "\n--\nAnna Smith\nHead of Things",
        "\n\nBest regards,\nAnna Smith",
        "\n\nMit freundlichen Grüßen\nAnna Schmidt",
        "\n\nCordialement,\nAnne",
        "\n\nSent from my iPhone",
        "\n\n-----Original Message-----\nFrom: support\nTry again",
        "\n\nThanks\nAnna\n--\nACME Ltd",
    ],
)
def test_signatures_and_forwarded_mail_go(tail: str) -> None:
    assert clean("The invoice is wrong." + tail, "plain") == "The invoice is wrong."


@pytest.mark.parametrize("text", ["> 5 seconds to load", "Best regards", "--\nonly this", "thank you!"])
def test_text_that_is_nothing_but_a_quote_or_a_signature_stays(text: str) -> None:
    assert clean(text, "plain") == text


def test_frames_of_a_stack_stand_between_fences_and_the_error_before_or_after_them() -> None:
    java = "java.io.IOException: disk full\n\tat a.b.C.d(C.java:3)\n\tat a.b.E.f(E.java:4)\n\t... 12 more\nhelp"
    python = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()\nValueError: no'
    flat = "Error: x at a.b.C.d(C.java:3) at a.b.E.f(E.java:4) and so on"

    assert clean(java, "plain") == (
        "java.io.IOException: disk full\n```\nat a.b.C.d(C.java:3)\nat a.b.E.f(E.java:4)\n... 12 more\n```\nhelp"
    )
    assert clean(python, "plain") == (
        '```\nTraceback (most recent call last):\nFile "a.py", line 3, in f\ng()\n```\nValueError: no'
    )
    assert clean(flat, "plain") == ("Error: x\n```\nat a.b.C.d(C.java:3)\nat a.b.E.f(E.java:4)\n```\nand so on")


# --- secrets and personal data


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "a1B2c" * 6,
        "glpat-" + "a1B2c" * 4,
        "xoxb-" + "123456789012-abcdef",
        "AKIA" + "ABCDEFGH12345678",
        "sk_live_" + "a1b2c3d4e5f6",
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_known_secrets_are_marked(secret: str) -> None:
    assert clean(f"use {secret} here", "plain") == "use [secret] here"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("password: hunter2", "password: [secret]"),
        ("Passwort: geheim!", "Passwort: [secret]"),
        ("DB_PASSWORD=s3cr3t, ok", "DB_PASSWORD=[secret], ok"),
        ("my password is Tr0ub4dor and", "my password is [secret] and"),
        ("api_key = abc123def456", "api_key = [secret]"),
        ("postgres://bob:pw@db/x", "postgres://[secret]@db/x"),
        ("https://x.example/a?token=abcdef&b=1", "https://x.example/a?token=[secret]&b=1"),
        ("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer [secret]"),
    ],
)
def test_secrets_are_known_by_what_stands_before_them(text: str, left: str) -> None:
    assert clean(text, "plain") == left


@pytest.mark.parametrize(
    "text",
    [
        "The token is missing from the request",
        "Password: reset link never arrives",
        "the secret is to test early",
        "I lost my password is what they say",
        "npm_config and key-value stores, sk-learn, ghost_writer",
        "Order 2024-09-12 10:22:33 took 1234567890123 ms",
        "version 1.2.3.4 on 192.168.100.200, ticket 55119, 100 000 000 rows",
        "2024-09-12 2024-09-13",
        "week ending 09/12/2015",
        "09-12-2015 to 09-18-2015",
        "at 10:30-11:45 on 12/05/2024",
        "use @Override and @types/node and @pytest.fixture and uses: actions/checkout@v4",
    ],
)
def test_ordinary_words_and_numbers_are_not_marked(text: str) -> None:
    assert clean(text, "plain") == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail anna.b+x@mail.example.co.uk now", "mail [email] now"),
        ("call +44 20 7946 0958.", "call [phone]."),
        ("call (212) 555-0134 or 212-555-0134", "call [phone] or [phone]"),
        ("Tel. 030 1234567", "Tel. [phone]"),
        ("card 4111 1111 1111 1111!", "card [card]!"),
        ("5500-0000-0000-0004 expired", "[card] expired"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [iban]"),
        ("GB82WEST12345698765432", "[iban]"),
        ("ask @anna-b, please", "ask [person], please"),
    ],
)
def test_personal_data_is_marked(text: str, left: str) -> None:
    assert clean(text, "plain") == left


def test_sixteen_digits_that_fail_the_check_digit_are_no_card() -> None:
    assert clean("id 4111 1111 1111 1112", "plain") == "id 4111 1111 1111 1112"


# --- characters and length


def test_invisible_and_dangerous_characters_are_removed() -> None:
    dirty = "a\x00b\u202ec\u200bd\ud800e\ufefff\x1b[0mg\r\nh\u2028i\u00a0j\u00ad"

    assert clean(dirty, "plain") == "abcdef[0mg\nh\ni j"


def test_text_is_composed_and_piled_up_accents_are_thinned() -> None:
    assert clean("Mu\u0308ller", "plain") == "Müller"
    assert len(clean("e" + "\u0336" * 50, "plain")) == 4


@pytest.mark.parametrize("markup", MARKUPS)
def test_length_is_capped_and_the_cut_is_marked(markup: Markup) -> None:
    text = clean("word " * 30_000, markup)

    assert len(text) <= LONGEST
    assert text.endswith("word\n" + CUT)


def test_nothing_gives_nothing() -> None:
    assert [clean(" \n\t ", m) for m in MARKUPS] == [""] * 4


ODD = st.sampled_from(
    [
        "> ",
        "\n",
        "\n\n",
        "--\n",
        "-- \n",
        "On Monday x wrote:\n",
        "password: ",
        "token=",
        "@",
        "a@b.example ",
        "4111 1111 1111 1111",
        " ",
        "  ",
        "Best regards,\n",
        "at a.b(c.java:1)\n",
        'File "x", line 3\n',
        "[secret]",
        "://u:p@h ",
        "+49 30 123456",
        "0",
        "1",
        "-",
        "e\u0301",
        "DE89",
        "3704 0044",
        "-----BEGIN PRIVATE KEY-----",
        "-----END X-----",
        "eyJ",
        "Sent from my x",
        "_" * 20,
        "[trace]",
        "Bearer ",
        "?key=",
        "abc1",
        "=",
        "-----Original Message-----\n",
        "Traceback (most recent call last):\n",
        "\u0338",
        "\u200b",
        ":",
        "thanks\n",
        "A",
        "...",
        "```\n",
        "```\nint a;\nint b;\nint c;\n```\n",
        "From: a\nSent: b\nSubject: c\n",
        "This message is confidential\n",
        "A" * 210,
        "1.2.3.4",
        "203.0.113.9 ",
    ]
)


@given(st.one_of(st.text(), st.lists(st.one_of(ODD, st.text(max_size=6)), max_size=30).map("".join)))
@example("x\n\nOn Monday y wrote:\n--\nz")
@example("0 " * 40)
@settings(max_examples=400, deadline=None)
def test_cleaning_plain_text_twice_changes_nothing(text: str) -> None:
    once = clean(text, "plain")

    assert clean(once, "plain") == once


@given(st.text(), st.sampled_from(MARKUPS))
@settings(max_examples=200, deadline=None)
def test_the_result_is_always_text_that_every_store_takes(text: str, markup: Markup) -> None:
    result = clean(text, markup)

    result.encode("utf-8")
    assert unicodedata.is_normalized("NFC", result)
    assert not any(unicodedata.category(c) == "Cc" for c in result.replace("\n", "").replace("\t", ""))


NASTY: dict[str, Callable[[int], str]] = {
    name: (lambda n, unit=unit: (unit * (n // len(unit) + 1))[:n])  # type: ignore[misc]
    for name, unit in {
        "letters": "a",
        "spaces": " ",
        "newlines": "\n",
        "stars": "*",
        "star words": "*a ",
        "underscores": "_a",
        "ticks": "`",
        "images": "![",
        "links": "[a](",
        "brackets": "[",
        "closings": "](",
        "tags": "<a ",
        "opens": "<",
        "quotes": '<a "',
        "comments": "<!--",
        "entities": "&#",
        "ampersands": "&lt",
        "digits": "1",
        "spaced digits": "1 ",
        "dashed": "4-",
        "phones": "+1 (",
        "zeros": "0 ",
        "ats": "a@",
        "dots": "a.",
        "ibans": "DE89 ",
        "keys": "password",
        "key signs": "password: ",
        "tokens": "ghp_",
        "jwts": "eyJaaaaaaaa.",
        "urls": "://a:",
        "bearers": "Bearer ",
        "quote lines": "> a\n",
        "frames": "at a(",
        "frame lines": "at a.b(c)\n",
        "files": 'File "',
        "wrote": "On a wrote",
        "intros": "On a wrote:\n",
        "signs": "--\n",
        "regards": "Best regards\n",
        "fences": "```\n",
        "headings": "# ",
        "pipes": "| ",
        "rules": "- - ",
        "macros": "{code}",
        "braces": "{{",
        "bangs": "!a.",
        "begins": "-----BEGIN ",
        "private": "-----BEGIN PRIVATE KEY-----",
        "mentions": "@a",
        "accents": "\u0301",
        "boxes": "- [ ] ",
        "searches": "please search ",
    }.items()
}


@pytest.mark.parametrize("name", NASTY)
def test_hostile_text_costs_no_more_than_its_length(name: str) -> None:
    small, large = NASTY[name](25_000), NASTY[name](100_000)

    for markup in MARKUPS:
        ratio = min(_seconds(large, markup) / max(_seconds(small, markup), 0.002) for _ in range(3))
        assert ratio < 9, f"{markup}: four times the text took {ratio:.1f} times as long"  # quadratic would be 16


def _seconds(text: str, markup: Markup) -> float:
    begun = time.process_time()
    clean(text, markup)
    return time.process_time() - begun
