"""Text and HTML say the same, from the document alone."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.digest import render
from pipeline.digest.document import Document, Since, Win
from pipeline.digest.page import Page, contrast
from tests.pipeline.digest.builder import digest, history, material, voice

MADE = material(
    [*(voice(n, f"apps-{n}") for n in range(5)), *(voice(20 + n, f"account:{n}", severity=8) for n in range(6))],
    history({"ci": [1] * 9}),
)


def plain(public_url: str | None = "https://leaf.example") -> Document:
    return digest(MADE, public_url=public_url)


def test_lines_of_text_have_at_most_72_columns_but_for_links():
    for line in render.text(plain()).splitlines():
        assert len(line) <= 72 or line.strip().startswith("https://")


def test_links_stand_on_their_own_line():
    for line in render.text(plain()).splitlines():
        assert "https://" not in line or line.strip().startswith("https://")


def test_the_html_needs_nothing_from_elsewhere():
    html = render.html(plain())

    for remote in ("<img", "<link", "<script", "url(", "@import", "src="):
        assert remote not in html


def test_the_preheader_is_hidden_and_the_language_set():
    html = render.html(plain())

    hidden = html[html.index('<div style="display:none;mso-hide:all') :]
    assert hidden.partition(">")[2].startswith(plain().preheader)
    assert '<html lang="en"' in html
    assert '<meta name="color-scheme" content="light dark">' in html


def read_by_the_library(html):
    page = Page()
    page.feed(html)
    page.close()
    return page


def met(page):
    seen = (page.said, page.links, page.headings, page.problems, page.open, page.lang)
    return [*seen, sorted(page.colours), sorted(page.dark)]


PIECES = [
    *"<>/&\"'= ",
    *("<p>", "</p>", "<br>", "<br/>", "</br>", "<td", ' class="ink"', ' style="display:none"', ' lang="de"', "&amp;"),
    *("<style>", "</style>", "<title>", "</title>", "@media (prefers-color-scheme: dark) {.ink { color: #f2f2f2; }}"),
    *('<a href="', "https://h.example/?a=1&amp;b", "&#34;", "&copy", "<!-- x -->", "<!doctype html>", "</p class=x>"),
    *("<P>", "<script>", "</script>", "<h1>", "</h1>", "<p  lang='en'>", "<p lang=en>", "\n", "so", "é"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(0))
def test_a_page_is_read_as_the_library_reads_it(pieces, at):
    html = render.html(plain())
    places = [place for place, letter in enumerate(html) if letter in "<>"]
    place = places[at % len(places)]

    for text in ("".join(pieces), html[:place] + "".join(pieces) + html[place:], html):
        assert met(Page.of(text)) == met(read_by_the_library(text))


def test_there_is_one_button_of_44_points_and_links_are_underlined():
    page = Page()
    html = render.html(plain())
    page.feed(html)

    assert html.count("padding:10px 20px") == 1  # with the 24px line: 44px
    answers = [link for link in page.links if link.startswith("https://leaf.example")]
    assert len(answers) == len(set(answers)) == len(plain().pains)
    assert html.count("<a ") == html.count("text-decoration:underline")


def test_what_people_wrote_is_escaped():
    document = replace(plain(), wins=(Win(text="a <b>win</b> & more"),))

    assert "a &lt;b&gt;win&lt;/b&gt; &amp; more" in render.html(document)
    assert "a <b>win</b> & more" in render.text(document)


@pytest.mark.parametrize("leader", ["root-lead", "left-lead", "apps-lead"])
def test_sections_stand_in_the_order_of_the_design(leader):
    titles = [s.title for s in render.layout(digest(MADE, leader))]

    head = ["", "In their words"]
    assert titles[:2] == head
    heard = [] if leader == "apps-lead" else ["How fast we hear"]  # a team's own lead reads it beside each pain
    assert titles[-1 - len(heard) :] == [*heard, "How this was made"]


def test_an_empty_section_is_left_out():
    assert "What changed since you acted" not in [s.title for s in render.layout(plain())]
    acted = replace(plain(), since_you_acted=(Since(pain="p", title="Late mails", text="Told."),))
    assert [s.title for s in render.layout(acted)][1] == "What changed since you acted"


def test_what_the_dark_rules_declare_can_be_read():
    html = render.html(plain())
    rules = dict(re.findall(r"\.(\w+) \{([^}]*)\}", html[: html.index("</style>")]))
    dark = "#1c1c1e"

    for name in ("ink", "soft", "link"):
        (front,) = re.findall(r"(?<![-\w])color: (#\w{6}) !important", rules[name])
        assert contrast(front, dark) >= 4.5
    warn = re.findall(r"(#\w{6}) !important", rules["warn"])
    assert contrast(warn[0], warn[1]) >= 4.5
    assert f"background-color: {dark} !important" in html


def test_every_colour_set_in_the_mail_has_a_dark_rule_or_its_own_ground():
    html = render.html(plain())

    for tag in re.findall(r"<(?:h1|h2|h3|td|span|a)\b[^>]*(?<!-)color:#[^>]*>", html):
        assert re.search(r'class="[^"]*(?:ink|soft|link|warn)', tag) or "color:#ffffff" in tag


def test_a_number_and_its_days_stay_on_one_line():
    lines = render.text(plain()).splitlines()

    assert not [line for line in lines if re.search(r"\(\d+$", line) or line.endswith("number")]
