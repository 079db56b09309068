"""Which lines of a cleaned text count as somebody's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.prose import prose, spoken
from tests.effort import that_ends


def test_code_traces_and_logs_are_kept_in_the_body_and_left_out_of_the_prose() -> None:
    body = clean(
        "The import dies every Monday.\n```python\na = 1\nb = 2\nc = 3\n```\njava.io.IOException: disk full\n"
        "\tat a.b.C.d(C.java:3)\n\tat a.b.E.f(E.java:4)\n2026-01-02 03:04:05 INFO all is well\nPlease help us."
    )

    assert "b = 2" in body
    assert "at a.b.C.d(C.java:3)" in body
    assert prose(body) == (
        "The import dies every Monday.\n[code]\njava.io.IOException: disk full\n[trace]\n\nPlease help us."
    )


@pytest.mark.parametrize(
    "line",
    [
        "The page takes 40 seconds to load, and I have 12 invoices to write.",
        "Since v2.3.1 we cannot log in: the button does nothing.",
        "Why does it ask for my password again?",
        '- click on Export, then on "CSV"',
        "1. Open https://shop.example/cart and press F5",
        "Problem: the invoice is wrong.",
        "Expected: it opens.",
        "Wir haben Version 2.3 installiert, seither geht nichts mehr;",
        "It costs us 30% of the day (about 2 hours) & nobody answers.",
        "TypeError: cannot read property 'x' of undefined",
        "[person] [person] this looks good to me",
        "It is cool but not for the right age???",
        "Using the callback gives the following error in python:",
        "[code]",
        "Login",
        "请帮忙处理 Billing Portal 2.0 的登录问题",
        "2026-03-04 10:12 we lost the connection again",
    ],
)
def test_sentences_are_spoken(line: str) -> None:
    assert spoken(line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-02T03:04:05.123Z ERROR [main] c.a.Sync - push of the queue failed",
        "[INFO] Scanning for projects...",
        "I0506 22:38:41.131 32252 master.cpp:3853] Authenticating",
        "npm ERR! code ELIFECYCLE",
        "at com.acme.Foo.bar(Foo.java:12)",
        "const a = b => { return c(d); };",
        "#include <vector>",
        '<div class="row"><span>x</span></div>',
        "sudo apt-get install -y libfoo",
        "https://d.example/a/b?c=d",
        "TensorFlow version: 2.11.0",
        "- OS Platform and Distribution (e.g., Linux Ubuntu 16.04): Ubuntu 22.04",
        "Have you reproduced the bug with the nightly build? Yes",
        "Have I written custom code (as opposed to using a stock example script): No",
        "CPUs | Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz (8 x 2112)",
        "canvas_oop_rasterization: disabled_off",
        "sha256:9fceb02d0ae598e95dc970b74767f19372d61af89fceb02d0ae598e95dc970b7",
    ],
)
def test_machines_and_forms_are_not_spoken(line: str) -> None:
    assert not spoken(line)


@given(st.lists(st.sampled_from(["```", "a sentence", "x = 1;", "", "at a.b(c)", "> q"]), max_size=12).map("\n".join))
def test_every_line_of_the_prose_stands_in_the_body(text: str) -> None:
    marks = {"[code]", "[trace]", ""}

    assert set(prose(text).split("\n")) <= {*text.split("\n"), *marks}
    assert prose(prose(text)) == prose(text)


@pytest.mark.parametrize(
    "unit", ["a", "a.", "=", "a:", "(", "|a", "```\n", "at a(", "1 ", "\\", "[", "{", "a: b", "--a "]
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    with that_ends():
        prose(unit * (100_000 // len(unit)))
