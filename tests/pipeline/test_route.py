"""Whose an issue is: the most specific claim, whatever the order of the file."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.issue import Issue
from pipeline.org import Claim, Org, Team
from pipeline.route import Router, hearers, paths_in, pattern, route, specificity
from tests.effort import spent, that_ends

NOW = datetime(2026, 9, 14, tzinfo=UTC)


def issue(**fields: Any) -> Issue:
    values: dict[str, Any] = {"source": "gh", "external_id": "1", "title": "It fails"}
    values |= {"created_at": NOW, "updated_at": NOW}
    return Issue(**values | fields)


def org(*teams: Team) -> Org:
    return Org(people={}, teams={team.id: team for team in teams}, fallback="root")


def team(name: str, *owns: Claim, parent: str | None = "root", hears: tuple[Claim, ...] = ()) -> Team:
    return Team(id=name, name=name, parent=parent, owns=owns, hears=hears)


ROOT = team("root", parent=None)


@pytest.mark.parametrize(
    ("claim", "fields"),
    [
        (Claim(source="gh"), {}),
        (Claim(project="o/billing"), {"project": "O/Billing"}),
        (Claim(label="Invoices"), {"labels": ("bug", "INVOICES")}),
        (Claim(component="vpn"), {"component": "VPN"}),
        (Claim(group="Clinic Support"), {"group": "clinic support"}),
        (Claim(path="src/billing/*"), {"body": "It breaks in src/billing/tax.py line 3."}),
        (Claim(source="gh", label="invoices"), {"labels": ("invoices",)}),
    ],
)
def test_a_claim_matches_what_it_names_in_any_case(claim: Claim, fields: dict[str, Any]) -> None:
    assert route(issue(**fields), org(ROOT, team("leaf", claim))) == "leaf"


@pytest.mark.parametrize(
    "claim",
    [
        Claim(source="support"),
        Claim(source="GH"),
        Claim(project="o/other"),
        Claim(source="gh", label="absent"),
        Claim(source="gh", component="c"),
        Claim(source="gh", group="g"),
        Claim(source="gh", path="src/*"),
        Claim(),
    ],
)
def test_a_claim_with_one_key_that_does_not_match_is_no_match(claim: Claim) -> None:
    assert route(issue(project="o/billing", labels=("x",)), org(ROOT, team("leaf", claim))) is None


def test_what_nobody_owns_has_no_leaf_whoever_wrote_it() -> None:
    assert route(issue(author="dkim"), org(ROOT, team("leaf", Claim(source="support")))) is None


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (Claim(source="gh", project="p"), Claim(path="src/*")),
        (Claim(path="src/*"), Claim(label="l")),
        (Claim(label="l"), Claim(group="g")),
        (Claim(component="c"), Claim(group="g")),
        (Claim(group="g"), Claim(project="p")),
        (Claim(project="p"), Claim(source="gh")),
        (Claim(source="gh", path="src/*"), Claim(project="p", label="l")),
        (Claim(source="gh", path="src/billing/*"), Claim(source="gh", path="src/*")),
        (Claim(source="gh", project="p", label="l"), Claim(source="gh", label="l")),
    ],
)
def test_the_more_specific_claim_wins(stronger: Claim, weaker: Claim) -> None:
    one = issue(project="p", labels=("l",), component="c", group="g", body="see src/billing/tax.py")

    assert route(one, org(ROOT, team("a", weaker), team("b", stronger))) == "b"
    assert route(one, org(ROOT, team("a", stronger), team("b", weaker))) == "a"


def test_of_equal_claims_the_deeper_team_wins_then_the_smaller_id() -> None:
    claim = Claim(source="gh", label="l")
    one = issue(labels=("l",))

    assert route(one, org(ROOT, team("a", claim), team("z", claim, parent="a"))) == "z"
    assert route(one, org(ROOT, team("b", claim), team("a", claim))) == "a"


def test_everybody_whose_people_hear_it_first_is_told_sorted() -> None:
    chart = org(
        ROOT,
        team("support", hears=(Claim(source="desk"),)),
        team("clinic", parent="support", hears=(Claim(source="desk", group="Clinic"), Claim(group="Clinic"))),
        team("billing", Claim(source="desk", label="invoices")),
    )
    one = issue(source="desk", group="clinic", labels=("invoices",))

    assert hearers(one, chart) == ("clinic", "support")
    assert route(one, chart) == "billing"
    assert hearers(issue(), chart) == ()


def test_a_circle_in_the_tree_does_not_stop_routing() -> None:
    chart = org(team("a", Claim(source="gh"), parent="b"), team("b", parent="a"))

    assert route(issue(), chart) == "a"


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("in src/billing/tax.py:12 and `web/app.ts`.", ["src/billing/tax.py", "web/app.ts"]),
        (r"C:\app\src\Tax.cs fails", ["/app/src/Tax.cs"]),
        ('File "/srv/app/tax.py", line 3', ["/srv/app/tax.py"]),
        ("(./lib/z.rb) tax.py.", ["lib/z.rb", "tax.py"]),
        ("https://github.com/o/r/blob/main/src/q.py#L3", ["src/q.py"]),
        ("[here](https://gitlab.example/o/r/-/blob/v1/a/b.go?ref=x)", ["a/b.go"]),
        ("see [the page](https://example.org/src/billing/) please", []),
        ("mail me at ines@fernhill.example, please", ["ines@fernhill.example"]),
        ("It does not work. At all... never.", []),
    ],
)
def test_the_files_that_an_issue_names_are_found(text: str, paths: list[str]) -> None:
    assert paths_in(issue(body=text)) == paths


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("src/billing/*", "src/billing/tax.py", True),
        ("src/billing/*", "src/billing/eu/tax.py", True),
        ("src/billing/", "src/billing/tax.py", True),
        ("src/billing", "src/billing", True),
        ("src/billing", "src/billing2/tax.py", False),
        ("src/billing/*", "/srv/app/src/billing/tax.py", True),
        ("/src/billing", "/srv/app/src/billing/tax.py", False),
        ("/src/billing", "src/billing/tax.py", True),
        ("src/*/tax.py", "src/eu/tax.py", True),
        ("src/*/tax.py", "src/eu/de/tax.py", False),
        ("src/**/tax.py", "src/eu/de/tax.py", True),
        ("src/**/tax.py", "src/tax.py", True),
        ("*.py", "src/tax.py", True),
        ("*.py", "src/tax.pyc", False),
        ("tax?.py", "src/tax1.py", True),
        ("a+b/(c)", "a+b/(c)/d", True),
        ("src/Billing", "src/billing", False),
    ],
)
def test_a_pattern_matches_paths_as_people_expect(glob: str, path: str, matches: bool) -> None:
    assert bool(pattern(glob).search(path)) is matches


def test_a_path_claim_is_found_by_any_pattern_that_would_match() -> None:
    one = issue(body="broken: src/billing/eu/tax.py")

    for glob in ("*", "**", "*.py", "src/*", "src/**/tax.py", "billing", "/src", "s?c", "**/eu", "billing/eu/tax.py"):
        assert route(one, org(ROOT, team("leaf", Claim(source="gh", path=glob)))) == "leaf", glob


@pytest.mark.parametrize(
    "piece", ["a", "a/", "./", "https://", ".", "a@", "-/", "\\", "a/b ", "https://x/blob/a ", "a.", "/"]
)
def test_a_body_made_to_be_slow_is_not(piece: str) -> None:
    body = piece * (200_000 // len(piece))

    with that_ends():
        paths_in(issue(body=body))


texts = st.sampled_from([None, "a", "b", "B"])
claims = st.builds(
    Claim, source=st.sampled_from([None, "gh", "desk"]), project=texts, label=texts, component=texts, group=texts,
    path=st.sampled_from([None, None, "src/*", "src/b/*", "*.py"]),
)  # fmt: skip
issues = st.builds(
    issue, source=st.sampled_from(["gh", "desk"]), project=texts, labels=st.lists(st.sampled_from("abAB")).map(tuple),
    component=texts, group=texts, body=st.sampled_from(["", "src/b/c.py", "src/x", "z.py"]),
)  # fmt: skip
charts = st.lists(st.tuples(st.sampled_from(["root", "t0", "t1", "t2"]), st.lists(claims, max_size=4)), max_size=6).map(
    lambda rows: [team(f"t{n}", *owns, parent=parent, hears=tuple(owns)) for n, (parent, owns) in enumerate(rows)]
)


def matches(claim: Claim, one: Issue) -> bool:
    """A claim read word for word."""

    def same(wanted: str | None, said: str | None) -> bool:
        return wanted is None or (said is not None and wanted.lower() == said.lower())

    return (
        claim != Claim()
        and claim.source in (None, one.source)
        and same(claim.project, one.project)
        and same(claim.component, one.component)
        and same(claim.group, one.group)
        and (claim.label is None or claim.label.lower() in {label.lower() for label in one.labels})
        and (claim.path is None or any(pattern(claim.path).search(path) for path in paths_in(one)))
    )


@settings(max_examples=300, deadline=None)
@given(teams=charts, one=issues)
def test_the_lookup_agrees_with_reading_every_claim(teams: list[Team], one: Issue) -> None:
    chart = org(ROOT, *teams)
    matching = [(specificity(c), len(chart.up(t.id)), t.id) for t in teams for c in t.owns if matches(c, one)]

    router = Router(chart)

    assert router.hearers(one) == tuple(sorted({name for _, _, name in matching}))
    if not matching:
        assert router.leaf(one) is None
    else:
        best = max(matching)[:2]
        assert router.leaf(one) == min(name for *rank, name in matching if tuple(rank) == best)


@settings(max_examples=100, deadline=None)
@given(teams=charts, one=issues, seed=st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(teams: list[Team], one: Issue, seed: random.Random) -> None:
    shuffled = [*teams]
    seed.shuffle(shuffled)

    assert Router(org(ROOT, *teams)).leaf(one) == Router(org(*shuffled, ROOT)).leaf(one)


@settings(max_examples=100, deadline=None)
@given(teams=charts, one=issues, more=claims)
def test_a_claim_that_is_added_takes_issues_and_never_gives_any_to_others(
    teams: list[Team], one: Issue, more: Claim
) -> None:
    before = Router(org(ROOT, *teams)).leaf(one)

    after = Router(org(ROOT, *teams, team("new", more))).leaf(one)

    assert after in (before, "new")


def test_routing_does_not_slow_down_with_the_number_of_teams() -> None:
    def chart(size: int) -> Router:
        return Router(org(ROOT, *(team(f"t{n}", Claim(source="gh", project=f"p{n}")) for n in range(size))))

    def best(router: Router) -> float:
        return min(spent(lambda: [router.leaf(one) for one in work]) for _ in range(5))

    work = [issue(project=f"p{n % 10}", labels=("a", "b", "c")) for n in range(500)]
    small, large = chart(10), chart(3000)

    assert best(large) < 5 * best(small)
