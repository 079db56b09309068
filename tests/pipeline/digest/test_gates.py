"""Each gate holds a digest in which its own fact is untrue, and says which gate it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.answers import Answer
from pipeline.digest import gates, render, select, then
from pipeline.digest.document import Away, AwayPain, CheckIn, Context, Document, Felt, Quote, Unstated
from pipeline.digest.material import Added, Material, Spoken
from pipeline.digest.page import contrast
from pipeline.digest.select import View
from pipeline.issue import SourceHealth
from tests.pipeline.digest.builder import MONDAY, PAINS, all_digests, digest, history, material, org, signals, voice

WORDS = (
    "I wait forty minutes for every build and lose my thread.",
    "The queue eats my whole afternoon, every single day.",
    "We restart it by hand until it turns green.",
    "Nobody answers when the runner hangs for hours.",
)
STAFF = [voice(n, f"apps-{n}", WORDS[n], signals=signals("rerun", "bypass")) for n in range(4)]
CUSTOMERS = [
    voice(20 + n, f"account:{n}", f"We pay invoice number {n} twice because the tax is wrong.", severity=8)
    for n in range(6)
]
TENDER = voice(40, "apps-5", "I merged it without the checks, sorry about that one.", signals=signals("confession"))
THANKS = voice(41, "account:9", "The export came in seconds today. Thank you.", side="none", signals=signals("thanks"))
MADE = material([*STAFF, *CUSTOMERS, TENDER, THANKS], history({"ci": [1, 0, 1, 1, 0, 1, 1, 0, 1]}))
GOOD = digest(MADE)
MADE_BY = {v.key: v.author for v in MADE.voices}
FELT = Felt(text="It was good", said="most who answered agree")


def failed(document: Document, *, text: str | None = None, html: str | None = None) -> set[str]:
    said = render.text(document) if text is None else text
    page = render.html(document) if html is None else html
    return {problem.split(":")[0] for problem in gates.failures(document, said, page, MADE, org())}


def test_the_digest_that_the_others_are_spoilt_from_is_good():
    assert failed(GOOD) == set()


def first(document: Document, **change: object) -> Document:
    return replace(document, pains=(replace(document.pains[0], **change), *document.pains[1:]))  # type: ignore[arg-type]


def quoting(key: str, text: str) -> Quote:
    return Quote(text=text, issue=key, by="an engineer")


def with_context(context: Context, document: Document = GOOD) -> Document:
    """The document with something added to its first quotation."""
    first = document.quotations()[0]
    return document.with_quotes(lambda quote: replace(quote, context=context) if quote == first else quote)


MISSED = AwayPain(id="ci", title="A pain", people=4, who="4 engineers")
AWAY = Away(week="2026-W09", pains=(MISSED,), lead="Then", text="a pain.")

SPOILT: list[tuple[str, Callable[[], Document]]] = [
    ("P1 ledger", lambda: replace(GOOD, quiet=("We counted 77 things.",))),
    ("P1 ledger", lambda: replace(GOOD, ledger=())),
    ("P1 recount", lambda: replace(GOOD, ledger=(replace(GOOD.ledger[0], value="another"), *GOOD.ledger[1:]))),
    ("P1 recount", lambda: replace(GOOD, ledger=(*GOOD.ledger, replace(GOOD.ledger[0], query="guess(ci)")))),
    ("P2 quotations", lambda: first(GOOD, quotes=(quoting("tracker:K-1", "The queue eats my afternoon."),))),
    ("P2 quotations", lambda: first(GOOD, quotes=(quoting("tracker:K-40", TENDER.title),))),
    ("P2 quotations", lambda: first(GOOD, quotes=(quoting("tracker:K-999", WORDS[0]),))),
    ("P2 context", lambda: with_context(Context(by="the lead of Apps", text="We know it since 3 March"))),
    ("P3 quotation marks", lambda: replace(GOOD, quiet=('They call it "agile" here.',))),
    ("P4 evidence", lambda: first(GOOD, issues=("tracker:K-12345",))),
    (
        "P4 evidence",
        lambda: replace(
            GOOD, unstated=(Unstated(hypothesis="It is broken", signals=("one",), wrong_if="not", pain="ci"),)
        ),
    ),
    ("P5 trend", lambda: first(GOOD, trend="easing")),
    ("P5 trend", lambda: first(GOOD, usual=(0, 99))),
    ("P6 percent", lambda: replace(GOOD, quiet=("That is 100% more than last week.",))),
    ("P7 totals", lambda: replace(GOOD, made=replace(GOOD.made, other=5))),
    ("P7 totals", lambda: replace(GOOD, made=replace(GOOD.made, read=GOOD.made.read + 1, other=1))),
    ("P11 names", lambda: replace(GOOD, quiet=("Ask Quentin3 Surnameapps3 about it.",))),
    ("P12 floors", lambda: first(GOOD, people=2)),
    ("P12 floors", lambda: first(GOOD, weeks=(1, 4))),
    ("P12 check-in", lambda: replace(GOOD, check_in=CheckIn(asked=7, answers=2, questions=(), lines=("2 of 7.",)))),
    ("P12 check-in", lambda: replace(GOOD, check_in=CheckIn(asked=7, answers=None, questions=(FELT,), lines=("So.",)))),
    (
        "P13 one author",
        lambda: first(GOOD, quotes=(quoting("tracker:K-0", WORDS[0]), quoting("tracker:K-0", WORDS[0]))),
    ),
    ("P14 confession", lambda: first(GOOD, issues=("tracker:K-40",))),
    ("P14 confession", lambda: replace(GOOD, quiet=("See K-40 for more.",))),
    (
        "P16 keys",
        lambda: first(GOOD, quotes=(Quote(text=WORDS[0], issue="tracker:K-0", by="an engineer", label="K-0"),)),
    ),
    ("P15 blame", lambda: replace(GOOD, quiet=("The team failed to answer.",))),
    ("P15 blame", lambda: replace(GOOD, quiet=("This theme is old.",))),
    ("P21 budget", lambda: replace(GOOD, quiet=("word " * 800,))),
    ("P21 budget", lambda: replace(GOOD, notes=("word " * 100,))),
    ("P21 budget", lambda: replace(GOOD, ask=None)),
    ("P21 budget", lambda: replace(GOOD, pains=GOOD.pains * 2)),
    ("P22 subject", lambda: replace(GOOD, subject="x" * 61)),
    ("P22 subject", lambda: replace(GOOD, preheader="Short.")),
    ("P23 size", lambda: replace(GOOD, notes=("w" * 41_000,))),
    ("P38 answers", lambda: first(GOOD, state="acting, promised by 3 Mar (you)")),
    ("P38 answers", lambda: replace(GOOD, heard=replace(GOOD.heard, waiting=GOOD.heard.waiting - 1))),
    ("P29 links", lambda: replace(GOOD, page_url="http://leaf.example/digest/1")),
    (
        "P29 links",
        lambda: first(
            GOOD,
            quotes=(
                replace(quoting("account:20", CUSTOMERS[0].title), label="K-20", url="https://elsewhere.example/"),
            ),
        ),
    ),
    ("P35 unplaced", lambda: replace(GOOD, made=replace(GOOD.made, unplaced=2, lines=()))),
    ("P34 sources", lambda: replace(GOOD, made=replace(GOOD.made, sources=GOOD.made.sources[1:]))),
    (
        "P34 sources",
        lambda: replace(
            GOOD, made=replace(GOOD.made, sources=(replace(GOOD.made.sources[0], read=99), *GOOD.made.sources[1:]))
        ),
    ),
    ("P9 bytes", lambda: replace(GOOD, questions=[*GOOD.questions])),
    ("P37 away", lambda: replace(GOOD, away=(AWAY,))),
    ("P5 trend", lambda: first(GOOD, came_back=3)),
    (
        "P34 sources",
        lambda: replace(
            GOOD, made=replace(GOOD.made, sources=(replace(GOOD.made.sources[0], read_to=None), *GOOD.made.sources[1:]))
        ),
    ),
]


@pytest.mark.parametrize(("gate", "spoil"), SPOILT, ids=[f"{n}-{g}" for n, (g, _) in enumerate(SPOILT)])
def test_a_spoilt_document_is_held_by_its_gate(gate, spoil):
    assert gate in failed(spoil())


@pytest.mark.parametrize(
    ("gate", "spoil"),
    [
        ("P8 parity", lambda html: html.replace("above usual", "12 above usual")),
        ("P8 parity", lambda html: html.replace("https://tracker.example/K-2", "https://elsewhere.example/K-2")),
        ("P24 html", lambda html: html.replace("</body>", "<img src='https://pixel.example/1.png'></body>")),
        ("P24 html", lambda html: html.replace("</h1>", "")),
        ("P24 html", lambda html: html.replace("<h2", "<h3").replace("</h2>", "</h3>")),
        ("P24 html", lambda html: html.replace(' role="presentation"', "", 1)),
        ("P24 html", lambda html: html.replace(' lang="en"', "")),
        ("P24 html", lambda html: html.replace("</body>", "<script>1</script></body>")),
        ("P24 html", lambda html: html.replace("<h2", "<center><h2").replace("</h2>", "</h2></center>")),
        ("P24 html", lambda html: html.replace("<h1", '<h1 onclick="1"')),
        ("P24 html", lambda html: html.replace("font-weight:600", "font-weight:600;display:flex")),
        ("P24 html", lambda html: html.replace("font-size:16px", "font-size:1rem")),
        ("P24 html", lambda html: html.replace("margin:0 0 12px 0", "margin:-4px 0 12px 0")),
        ("P24 html", lambda html: html.replace("padding:16px 12px", "background:url(https://a.example/1.png)")),
        ("P24 html", lambda html: html.replace("@media (prefers-color-scheme: dark)", "@media (min-width: 600px)")),
        ("P24 html", lambda html: html.replace(".ink {", ".ink { display: none;")),
        ("P24 html", lambda html: html.replace(".ink {", "h1 > .ink {")),
        ("P24 html", lambda html: html.replace("</style>", "p { color: #123456 !important; }</style>")),
        ("P25 contrast", lambda html: html.replace("#5f6368", "#9ba2ab")),
        ("P25 contrast", lambda html: html.replace(".soft { color: #c7c7cc", ".soft { color: #606066")),
        ("P25 contrast", lambda html: html.replace('class="soft"', 'class="other"')),
        ("P26 order", lambda html: html.replace("</h2>", " twice</h2>", 1)),
        ("P26 order", lambda html: html.replace("<strong>", "first <strong>", 1)),
    ],
)
def test_spoilt_html_is_held_by_its_gate(gate, spoil):
    html = render.html(GOOD)
    assert spoil(html) != html

    assert gate in failed(GOOD, html=spoil(html))


def test_a_leaders_words_that_name_one_of_the_staff_hold_the_digest():
    answer = Answer(
        id=1, pain="ci", leader="apps-lead", kind="act", text="I ask Quentin3 first", at=GOOD.period.start
    )  # fmt: skip
    made = replace(MADE, answers={"ci": (answer,)})
    good = digest(made)
    pains = tuple(
        replace(p, facts=('They answered: "I ask Quentin3 first".',)) if p.id == "ci" else p for p in good.pains
    )
    spoilt = replace(good, pains=pains)

    found = [gates.failures(d, render.text(d), render.html(d), made, org()) for d in (good, spoilt)]

    assert found[0] == []
    assert any(problem.startswith("P11 names: a leader's words on pain ci") for problem in found[1])


def problems(document: Document, made: Material) -> list[str]:
    return gates.failures(document, render.text(document), render.html(document), made, org())


def test_a_source_that_stopped_must_be_named_with_its_moment():
    stopped = SourceHealth(name="desk", kind="zendesk", read_to=MADE.sources[0].read_to - timedelta(days=2))  # type: ignore[operator]
    made = replace(MADE, sources=[stopped, *MADE.sources[1:]])
    good = digest(made)

    silent = replace(good, warnings=(), made=replace(good.made, lines=good.made.lines[1:]))

    assert problems(good, made) == []
    assert any(problem.startswith("P34 sources: that desk stopped") for problem in problems(silent, made))


def test_who_was_quoted_in_the_weeks_before_is_not_quoted_again():
    loud = {MADE_BY[q.issue] for q in GOOD.quotations()}
    made = replace(MADE, quoted={"root-lead": frozenset(loud)})

    rested = digest(made)

    assert loud.isdisjoint(MADE_BY[q.issue] for q in rested.quotations())
    assert problems(rested, made) == []
    assert any(problem.startswith("P13 one author") for problem in problems(GOOD, made))


def test_the_language_of_a_quotation_must_be_set():
    said = "Wir mussten gestern zwei Familien am Kai stehen lassen und haben nichts gehört."
    made = material([voice(n, f"account:{n}", said) for n in range(6)])
    good = digest(made)

    html = render.html(good).replace('lang="de"', "")

    assert {q.lang for q in good.quotations()} == {"de"}
    assert problems(good, made) == []
    assert any(p.startswith("P24 html") for p in gates.failures(good, render.text(good), html, made, org()))


def _told(number, weeks_ago=1):
    """The week with what the lead of everything was told of CI, so many weeks ago."""
    monday = MONDAY - timedelta(weeks=weeks_ago)
    return replace(MADE, told_before={"root-lead": {("ci", monday): number}}), monday


def test_a_number_of_an_earlier_mail_that_is_another_one_today_must_be_put_right():
    made, monday = _told(9)
    good = digest(made)
    bare = replace(good, corrections=())

    found = [gates.failures(d, render.text(d), render.html(d), made, org()) for d in (good, bare)]

    assert found[0] == []
    assert [(c.kind, c.pain, c.week) for c in good.corrections] == [("number", "ci", monday.isoformat())]
    assert any(problem.startswith("P37 corrections") for problem in found[1])


def test_a_number_that_is_still_so_is_not_spoken_of():
    made, monday = _told(0)
    seen = then.people(View(select.index(made, org()), "root-lead", GOOD.period, GOOD.generated_at), "ci", monday)

    assert digest(_told(seen)[0]).corrections == ()


NARROW = replace(org(), visible_to={"tracker/secret": ("apps-lead",), "vault": ("apps-lead",)})
"""Only one lead may see the secret project of the tracker, and the vault."""
SECRET = [voice(60 + n, f"apps-{n}", WORDS[n], pain="sync", audience="tracker/secret") for n in range(4)]


def narrowed(wide: bool):
    """The week with four secret issues of a pain of their own, as apps-lead's digest, who may see them, tells it;
    addressed to another reader where it is `wide`."""
    sources = [*MADE.sources, replace(MADE.sources[0], name="vault")]
    secret = replace(PAINS["sync"], side="developer", audience="tracker/secret")
    made = replace(MADE, voices=[*MADE.voices, *SECRET], pains={**PAINS, "sync": secret}, sources=sources)
    document = digest(made, "apps-lead", NARROW)
    reader = replace(document, leader="root-lead") if wide else document
    said = (render.text(reader), render.html(reader))
    return [problem for problem in gates.failures(reader, *said, made, NARROW) if problem.startswith("P16 rights")]


def test_a_digest_is_held_whose_reader_may_not_open_what_it_shows():
    found = narrowed(wide=True)

    assert [problem for problem in found if "tracker:K-60 may not be seen by root-lead" in problem]
    assert [problem for problem in found if "pain sync may not be known to root-lead" in problem]
    assert [problem for problem in found if "source vault may not be known to root-lead" in problem]
    assert narrowed(wide=False) == []


def test_a_digest_that_counts_what_its_reader_may_not_see_is_held():
    made = replace(MADE, voices=[*MADE.voices, *SECRET])
    good = digest(made, "root-lead", NARROW)
    more = replace(good, made=replace(good.made, read=good.made.read + 1))
    found = [gates.failures(d, render.text(d), render.html(d), made, NARROW) for d in (good, more)]

    assert found[0] == []
    assert [problem for problem in found[1] if problem.startswith("P16 rights: ") and "root-lead may see" in problem]


def back(people, told=("ci",), leader="root-lead"):
    """A week whose reader gets the first mail after one that was kept back and would have said so many people."""
    kept = [Spoken(week="2026-W09", people=dict.fromkeys(told, people), sent=False)]
    return replace(MADE, sightings=history({"ci": [4]}), spoken={leader: kept})


@pytest.mark.parametrize(("said", "told"), [(4, 4), (6, None), (None, None)])
def test_a_week_that_was_missed_is_told_with_the_number_that_still_stands(said, told):
    made = back(said)
    good = digest(made)

    assert [(a.week, [(p.id, p.people) for p in a.pains]) for a in good.away] == [("2026-W09", [("ci", told)])]
    assert problems(good, made) == []
    assert any(problem.startswith("P37 away") for problem in problems(replace(good, away=()), made))


def test_eight_missed_weeks_leave_room_for_a_quiet_week():
    labels = [f"2026-W{week:02}" for week in range(9, 1, -1)]
    seen = history({"ci": [4] * 8, "tax": [5] * 8})
    kept = [Spoken(week=label, people={"ci": 4, "tax": 5}, sent=False) for label in labels]
    made = material([THANKS], seen, spoken={"root-lead": kept})
    quiet = digest(made)

    assert (quiet.form, [a.week for a in quiet.away]) == ("quiet", labels)
    assert quiet.questions
    assert problems(quiet, made) == []


def test_of_a_missed_week_no_pain_is_told_that_its_reader_may_not_open():
    secret = replace(PAINS["ci"], audience="tracker/secret")
    seen = [replace(one, audience="tracker/secret") for one in history({"ci": [4]})]
    made = replace(back(4), voices=CUSTOMERS, sightings=seen, pains={**PAINS, "ci": secret})
    wide = digest(made, "root-lead", NARROW)
    spoilt = replace(wide, away=(AWAY,))
    found = gates.failures(spoilt, render.text(spoilt), render.html(spoilt), made, NARROW)

    assert [a.pains for a in wide.away] == [()]
    assert "P16 rights: pain ci may not be known to root-lead" in found


def test_a_number_of_a_pain_that_its_reader_may_not_open_any_more_is_not_spoken_of():
    secret = replace(PAINS["ci"], audience="tracker/secret")
    made = replace(MADE, voices=CUSTOMERS, pains={**PAINS, "ci": secret})
    made = replace(made, told_before={"root-lead": {("ci", MONDAY - timedelta(weeks=1)): 9}})

    assert digest(made, "root-lead", NARROW).corrections == ()


def test_every_gate_can_fail():
    tried = {gate for gate, _ in SPOILT} | {
        "P8 parity",
        "P24 html",
        "P25 contrast",
        "P26 order",
        "P36 calm",
        "P37 corrections",
        "P16 rights",
    }

    assert tried == {name for name, _ in gates.GATES}


def test_differencing_finds_a_child_that_leaves_one_person_over():
    digests = all_digests(MADE)
    parent, child = digests["root-lead"], digests["apps-lead"]
    count = parent.pains[0].people
    assert count is not None

    told = replace(child, pains=(replace(parent.pains[0], people=count - 1),))

    found = gates.differencing([parent, told])
    assert [(one.leaders, one.said.split(":")[0]) for one in found] == [
        ((parent.leader, told.leader), "P12 differencing")
    ]


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#9ba2ab", "#ffffff") == pytest.approx(2.6, abs=0.05)
    assert contrast("#0b57d0", "#ffffff") == pytest.approx(6.4, abs=0.05)


@pytest.mark.parametrize(
    ("front", "back"), [("#f2f2f2", "#1c1c1e"), ("#c7c7cc", "#1c1c1e"), ("#8ab4f8", "#1c1c1e"), ("#ffe08a", "#3a2f00")]
)
def test_the_declared_dark_colours_can_be_read(front, back):
    assert front in render.html(GOOD)
    assert back in render.html(GOOD)
    assert contrast(front, back) >= 4.5


KNOWN = "We know it since 3 March, and 12 of 40 runners are new"


def adding(by: str, text: str = KNOWN) -> Material:
    """The week, with something that somebody added to each issue."""
    return replace(MADE, added={v.key: [Added(by=by, text=text)] for v in MADE.voices})


def of_week(document: Document, week: Material) -> list[str]:
    return gates.failures(document, render.text(document), render.html(document), week, org())


def test_what_a_leader_of_the_area_added_stands_beside_each_quotation_and_changes_nothing_else():
    week = adding("apps-lead")
    said = digest(week)

    assert {quote.context for quote in said.quotations()} == {Context(by="the lead of Apps", text=KNOWN)}
    assert of_week(said, week) == []
    assert said.with_quotes(lambda quote: replace(quote, context=None)) == GOOD
    assert " ".join(render.text(said).split()).count(f'Added by the lead of Apps: "{KNOWN}"') == len(GOOD.quotations())
    assert Document.from_json(said.to_json()) == said
    assert "context" not in str(GOOD.to_json())


def test_what_is_added_is_said_in_german_around_the_leaders_own_words():
    week = adding("apps-lead")
    said = digest(week, language="de")

    assert f'die Leitung von Apps: "{KNOWN}"' in " ".join(render.text(said).split())
    assert of_week(said, week) == []


def test_a_long_line_beside_every_quotation_takes_no_quotation_away():
    week = adding("apps-lead", "word " * 39 + "word")

    assert len(digest(week).quotations()) == len(GOOD.quotations())
    assert of_week(digest(week), week) == []


@pytest.mark.parametrize(
    ("context", "by", "text"),
    [
        (Context(by="the lead of Apps", text="We know it since 4 March"), "apps-lead", "We know it since 3 March"),
        (Context(by="the lead of Books", text=KNOWN), "apps-lead", KNOWN),
        (Context(by="the lead of Books", text=KNOWN), "books-lead", KNOWN),
        (Context(by="the lead of Root", text=KNOWN), "root-lead", KNOWN),
        (Context(by="Apps Bossapps", text=KNOWN), "apps-lead", KNOWN),
        (Context(by="the lead of Apps", text="See https://evil.example"), "apps-lead", "See https://evil.example"),
        (Context(by="the lead of Apps", text="two\nlines"), "apps-lead", "two\nlines"),
        (Context(by="the lead of Apps", text="w" * 201), "apps-lead", "w" * 201),
        (Context(by="the lead of Apps", text="Quentin3 knows"), "apps-lead", "Quentin3 knows"),
    ],
)
def test_a_context_that_was_not_written_so_by_a_leader_of_the_area_holds_the_digest(
    context: Context, by: str, text: str
) -> None:
    week = adding(by, text)
    spoilt = with_context(context)

    assert any(problem.startswith("P2 context") for problem in of_week(spoilt, week))


@pytest.mark.parametrize("by", ["books-lead", "root-lead", "right-lead", "nobody"])
def test_what_somebody_of_another_area_wrote_is_not_shown(by: str) -> None:
    assert digest(adding(by)) == GOOD


def test_a_digest_that_was_kept_before_anybody_could_add_anything_is_read_as_it_was():
    kept = GOOD.to_json()

    assert all("context" not in quote for pain in kept["pains"] for quote in pain["quotes"])
    assert Document.from_json(kept) == GOOD
