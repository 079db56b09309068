"""What people read after cleaning, what is marked, and that hostile text costs no more than its length."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import clean_markup
from pipeline.clean import CUT, LONGEST, Markup, _spaces, clean
from pipeline.clean_forms import _HINTS
from tests.effort import spent, that_ends

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


def test_fields_of_a_form_that_nobody_filled_in_go_and_brief_answers_join_their_labels() -> None:
    form = (
        "### What happened?\n\nI lose my draft when the tab sleeps.\n\n### Tab manager in use\n\n_No response_\n\n"
        "### Python version\n\n3.10\n\n### Have you tried the nightly build?\n\nNo\n\n"
        "### Relevant log output\n\n```shell\n```\n\n"
        "### Code of Conduct\n\n- [X] I agree to follow this project's Code of Conduct"
    )

    assert clean(form) == (
        "I lose my draft when the tab sleeps.\n\nPython version: 3.10\n\nHave you tried the nightly build? No"
    )


def test_headings_of_the_author_and_a_list_of_things_to_do_stay() -> None:
    text = "## Offline mode\n\nIt stops.\n\n## Import\n\nIt fails.\n\n- [ ] write the docs\n- [x] fix the import"

    assert clean(text) == ("Offline mode\n\nIt stops.\n\nImport\n\nIt fails.\n\n- write the docs\n- fix the import")


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


def test_rows_of_a_table_are_lines_and_cells_of_a_page_are_paragraphs() -> None:
    data = "<table><tr><th>Plan</th><th>Lost</th></tr><tr><td>gold</td><td>9</td></tr></table>"
    page = f"<table><tr><td>Logo</td><td>{'We cannot print anything at all since Monday. ' * 2}</td></tr></table>"

    assert clean(data, "html") == "Plan | Lost\ngold | 9"
    assert clean(page, "html").split("\n")[0] == "Logo"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>one<p>two<b>three", "one\n\ntwothree"),
        ("<div><div><div>deep</div>", "deep"),
        ("a < b and c > d <br> e", "a < b and c > d\ne"),
        ("<style>p{}", ""),
        ("x&#8238;y&shy;z&#x200b;!", "xyz!"),
        ("<a href='javascript:alert(1)' onclick=\"x\">press</a>", "press"),
        ("<ul><li>one<ul><li>two</ul></ul>", "- one\n\n- two"),
    ],
)
def test_broken_and_hostile_html_still_gives_its_words(html: str, left: str) -> None:
    assert clean(html, "html") == left


@pytest.mark.parametrize(
    ("wiki", "left"),
    [
        ("a {code} never closed", "a never closed"),
        ("{noformat}\na {quote} b\n1\n2\n3\n{noformat}after", "```\na {quote} b\n1\n2\n3\n```\nafter"),
        ("{quote}\n{code}x{code}\n{quote}\nmine", "mine"),
        ("{panel:title=Note}inside{panel}", "inside"),
    ],
)
def test_macros_of_jira_that_hold_one_another_or_never_end(wiki: str, left: str) -> None:
    assert clean(wiki, "wiki") == left


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


@pytest.mark.parametrize(
    "below",
    [
        "On Mon, 3 Feb 2025 at 10:11, Support\n<s@x.example> wrote:\n\n> older",
        "Am 03.02.2025 um 10:11 schrieb Support <s@x.example>:\n> älter",
        "Am Mo., 3. Feb. 2025 um 10:11 Uhr schrieb Support <\ns@x.example>:\n\n> älter",
        "Am Mo., 3. Feb. 2025 um 10:11 Uhr schrieb Support für alle\nund jeden <s@x.example>:\n\n> älter",
        "Support <s@x.example> schrieb am Mo., 3. Feb. 2025, 10:11:\n\n> älter",
        "Support <s@x.example> schrieb am Mo., 3. Feb.\n2025, 10:11:\n\n> älter",
        "Am Montag, 3. Februar 2025 um 10:11:12 MEZ hat Support <s@x.example> Folgendes geschrieben:\n\n> älter",
        "Am Montag, 3. Februar 2025 um 10:11:12 MEZ hat Support <s@x.example> Folgendes geschrieben:",
        "Le lun. 3 févr. 2025 à 10:11, Support <s@x.example> a écrit :\n> plus ancien",
        "El lun, 3 feb 2025 a las 10:11, Soporte (<s@x.example>) escribió:\n> anterior",
        "Em seg., 3 de fev. de 2025 às 10:11, Suporte <s@x.example> escreveu:\n> anterior",
        "Il giorno lun 3 feb 2025 alle 10:11 Supporto <s@x.example> ha scritto:\n> prima",
        "Op ma 3 feb 2025 om 10:11 schreef Support <s@x.example>:\n> ouder",
        "Den mån 3 feb. 2025 kl 10:11 skrev Support <s@x.example>:\n> äldre",
        "W dniu 3.02.2025 o 10:11 Pomoc <s@x.example> pisze:\n> starsze",
        "3 февр. 2025 г., 10:11, Поддержка <s@x.example> пишет:\n> раньше",
        "On Mon, 3 Feb 2025 at 10:11, Support <s@x.example> wrote:",
        "From: Support <s@x.example>\nSent: Monday, 3 February 2025\nTo: Anna\nSubject: RE: invoice\n\nolder words",
        "Von: Support\nGesendet: Montag, 3. Februar 2025\nAn: Anna\nBetreff: AW: Rechnung\n\nältere Worte",
        "-----Message d'origine-----\nplus ancien",
        "Begin forwarded message:\n\nolder",
    ],
)
def test_quoted_mail_goes_in_the_words_of_many_mail_programs(below: str) -> None:
    assert clean(f"The invoice is wrong.\n\n{below}", "plain") == "The invoice is wrong."


@pytest.mark.parametrize(
    "text",
    [
        "Here is what he wrote:",
        "From: the first row\nto the last row nothing is sorted.",
        "The date on the letter is wrong.\nSubject: taxes are missing too.",
        "This message is confidential, says the page, although it is public.",
    ],
)
def test_words_that_only_look_like_a_mail_stay(text: str) -> None:
    assert clean(text, "plain") == text


def test_words_above_a_quotation_that_name_no_address_and_no_day_are_the_authors() -> None:
    text = "On 3 May the nightly build broke, and what they wrote\nis all that we know of it:"

    assert clean(f"{text}\n> It broke.", "plain") == text


@pytest.mark.parametrize(
    "footer",
    [
        "Met vriendelijke groet,\nAnna de Vries",
        "Atenciosamente,\nAna Souza",
        "Cordiali saluti\nAnna Rossi",
        "Pozdrawiam,\nAnna Nowak",
        "Med vänliga hälsningar\nAnna",
        "С уважением,\nАнна",
        "Inviato da iPhone",
        "Gesendet von Outlook für iOS",
        "This e-mail and any attachments are confidential and intended for the addressee only.\nDelete it otherwise.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Please consider the environment before printing this e-mail.",
    ],
)
def test_signatures_and_legal_footers_of_other_languages_go(footer: str) -> None:
    assert clean(f"The invoice is wrong.\n\n{footer}", "plain") == "The invoice is wrong."


def test_code_is_neither_a_quotation_nor_a_signature() -> None:
    text = "It prints:\n\n```\n>>> run()\n> 1\n--\ndone\n```"

    assert clean(text) == "It prints:\n\n```\n>>> run()\n> 1\n--\ndone\n```"


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
        "GOCSPX-" + "a1B2c" * 5,
        "hvs." + "a1B2c" * 5,
        "123456789:AA" + "a1B2c" * 6 + "abc",
        "https://hooks.slack.com/services/T000/B000/abcdef"[8:],
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
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
        ("Server=db;User Id=sa;Password=Pa55;Timeout=3", "Server=db;User Id=sa;Password=[secret];Timeout=3"),
        ("AccountKey=abcd1234efgh==", "AccountKey=[secret]"),
        ('{"client_secret": "a1b2c3d4"}', '{"client_secret": "[secret]"}'),
        ("Set-Cookie: sid=a1b2c3d4e5; path=/", "Set-Cookie: [secret]"),
        ("Senha: abacate7", "Senha: [secret]"),
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
        "https://ci.example/task/5522204518514688 of build 20140909222515, SDK 4.1.0.v20150624180823",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8, id 3FA5B432-B6C3-4F62-A7FB-00EB6B0F18C7",
        "exit code: 2147516547, size: 2147483647 of 3041551975",
        "order 4711-0815-2342, invoice 2024/000123456, customer no. 10045521",
        "Chrome: 87.0.4280.67, Windows 10.0.22621.2134, driver version 31.0.15.3623, opencv 4.5.4.60",
        "http://127.0.0.1:8332 and 10.0.2.15 and fe80::1 and ::1 and std::vector",
        "MAC 00:1b:44:11:3a:b7 at 12:34:56",
        "acs@1.0.7, node@v17.1.0 and icon-60@2x.png",
        "PWD=/home/ci/build and NOPASSWD:/usr/bin/apt-get",
        "password = read_password(prompt) and password: ********",
        "2012-10-15 09:50:12 and 06/15/2015 05:59:52, Boston MA 02111-1307",
        "22 64 61 74 61 22 3a 22 ac 00 00 00 00 90 8e a0",
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
        ("write to anna [at] mail [dot] example", "write to [email]"),
        ("@bob: mail anna [at] mail [dot] example", "[person]: mail [email]"),
        ("06 12 34 56 78 or 07700900123", "[phone] or [phone]"),
        ("mobile: 5550143 22", "mobile: [phone]"),
        ("(11) 98765-4321; 1-800-555-0199", "[phone]; [phone]"),
        ("Amex 3782 822463 10005", "Amex [card]"),
        ("from 203.0.113.77 and 2001:db8::8a2e:370:7334", "from [ip] and [ip]"),
        ("http://198.51.100.7:8080/x", "http://[ip]:8080/x"),
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


BIG: dict[Markup, str] = {
    "markdown": "![shot](data:image/png;base64," + "QUJD" * 2_500_000 + ")\nThe words come after the picture.",
    "html": "<style>" + "p{color:red}\n" * 800_000 + "</style><p>The words come after the picture.</p>",
    "plain": "The words come after the picture.\n" + "2026-01-02 03:04:05 INFO tick\n" * 330_000,
    "wiki": "The words come after the picture.\n{noformat}\n" + "x = 1;\n" * 1_400_000 + "{noformat}",
}


@pytest.mark.parametrize("markup", MARKUPS)
def test_ten_megabytes_do_not_stop_it_and_the_words_are_found(markup: Markup) -> None:
    assert len(BIG[markup]) >= 9_500_000
    with that_ends():
        text = clean(BIG[markup], markup)

    assert "The words come after the picture." in text
    assert len(text) <= LONGEST


def test_letters_that_hold_a_file_are_marked_and_addresses_are_not() -> None:
    pasted = "\n".join(["iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4abcd"] * 5)
    address = "https://d.example/" + "a/long/path/" * 25

    assert clean(f"see\n{pasted}\nend", "plain") == "see\n[data]\nend"
    assert clean(f"key {'Ab1' * 100} end", "plain") == "key [data] end"
    assert clean(address, "plain") == address


def test_much_code_is_shortened_and_leaves_room_for_words() -> None:
    block = "```c\n" + "".join(f"int a{n} = {n};\n" for n in range(2_000)) + "```\n"
    text = clean(f"{block}{block}{block}{block}the end")

    assert text.endswith("the end")
    assert text.startswith("```\nint a0 = 0;\n")
    assert "int a1999 = 1999;\n```" in text
    assert "[cut]" in text
    assert "[code]" in text
    assert len(text) < 6_000


def test_a_long_line_of_code_is_cut_between_words_so_that_half_a_secret_is_never_left() -> None:
    token = "ghp_" + "a1B2c3" * 6
    for before in range(250, 310):
        line = ("int a = 1; " * 40)[:before]
        text = clean(f"```c\n{line} {token}; int b = 2;\n{'int c = 3;' * 40}\n```\nThe end.", "markdown")

        assert "ghp_" not in text
        assert "int a = 1;" in text


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


@given(st.text(alphabet="ab \t\n\xa0\u3000é", max_size=40))
@settings(max_examples=400, deadline=None)
def test_white_space_is_single_blanks_within_lines_and_at_most_one_empty_line_between_them(text: str) -> None:
    lines = [" ".join(line.split()) for line in text.split("\n")]

    assert _spaces(text) == re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


@given(st.one_of(st.text(min_size=1), st.from_regex(_HINTS), st.sampled_from(["Versions:", "+ x", "1. x", "[x]: y"])))
@settings(max_examples=400, deadline=None)
def test_a_line_of_markdown_that_is_passed_over_is_nothing_but_words(line: str) -> None:
    line = line.replace("\n", "").strip()

    assert not line or clean_markup._markdown_lines([line]) == clean_markup._markdown_line(line)


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
        ratio = min(
            spent(partial(clean, large, markup)) / max(spent(partial(clean, small, markup)), 0.002) for _ in range(3)
        )
        assert ratio < 9, f"{markup}: four times the text took {ratio:.1f} times as long"  # quadratic would be 16
