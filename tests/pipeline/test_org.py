"""The org tree, and what its check finds before anything is sent by it."""

import re
from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.org import Claim, Org, Person, Team
from pipeline.org_check import Finding, _cross, problems
from pipeline.route import pattern, specificity

INES = Person(id="ines", name="Ines Okafor", email="ines@fernhill.example")
MARA = Person(id="mara", name="Mara Duval", email="mara@fernhill.example")
LOST = Person(id="eng1", team="laef")
OWN = (Claim(source="gh", project="billing"),)
DESK = (Claim(source="desk"),)


def team(
    name: str,
    parent: str | None = None,
    leader: str | None = "ines",
    size: int | None = 7,
    owns: tuple[Claim, ...] = (),
    hears: tuple[Claim, ...] = (),
) -> Team:
    return Team(id=name, name=name, parent=parent, leader=leader, size=size, owns=owns, hears=hears)  # fmt: skip


def org(teams: Iterable[Team], people: Iterable[Person] = (INES, MARA), fallback: str = "top") -> Org:
    return Org(people={p.id: p for p in people}, teams={t.id: t for t in teams}, fallback=fallback)


def found(chart: Org, sources: frozenset[str] = frozenset({"gh", "desk"})) -> list[Finding]:
    return problems(chart, sources=sources, where=lambda kind, name: f"org.yaml:{kind}:{name}")


def only(chart: Org) -> Finding:
    [finding] = found(chart)
    return finding


TOP, LEAF = team("top"), team("leaf", "top", "mara", owns=OWN)


def test_a_sound_chart_has_no_finding() -> None:
    assert found(org([TOP, LEAF])) == []


def test_a_circle_is_named_with_its_whole_path_once() -> None:
    circle = [team("a", "b"), team("b", "c"), team("c", "a")]

    finding = only(org([TOP, LEAF, *circle]))

    assert finding.level == "error"
    assert "a -> b -> c -> a" in finding.message
    assert finding.where == "org.yaml:team:a"


def test_a_team_above_itself_is_a_circle() -> None:
    assert "a -> a" in only(org([TOP, LEAF, team("a", "a")])).message


def test_a_team_below_a_circle_cannot_be_reached() -> None:
    chart = org([TOP, LEAF, team("a", "b"), team("b", "a"), team("under", "b", owns=(Claim(source="desk"),))])

    [circle, under] = found(chart)

    assert "circle" in circle.message
    assert under.where == "org.yaml:team:under"
    assert "cannot be reached" in under.message


@pytest.mark.parametrize(
    ("chart", "where", "words"),
    [
        (org([TOP, LEAF, team("x", "topp", owns=DESK)]), "team:x", "parent topp, which is no team. Did you mean top?"),
        (org([TOP, LEAF, team("x", "top", "marra", owns=DESK)]), "team:x", "marra, who is no person. Did you mean"),
        (org([TOP, LEAF], fallback="tpo"), "fallback:tpo", "fallback tpo is no team. Did you mean top?"),
        (org([TOP, LEAF], [INES, MARA, LOST]), "person:eng1", "belongs to laef, which is no team. Did you mean leaf?"),
    ],
)
def test_a_reference_to_nothing_is_an_error_with_the_nearest_name(chart: Org, where: str, words: str) -> None:
    finding = only(chart)

    assert (finding.level, finding.where) == ("error", f"org.yaml:{where}")
    assert words in finding.message


def test_a_vacant_leader_is_a_warning_that_says_who_reads_instead() -> None:
    finding = only(org([TOP, team("mid", "top", None), team("leaf", "mid", "mara", owns=OWN)]))

    assert finding.level == "warning"
    assert "goes to ines, who leads top" in finding.message


def test_a_vacancy_that_nobody_fills_says_that_nobody_reads() -> None:
    messages = [f.message for f in found(org([team("top", None, None), LEAF]))]

    assert any("nobody reads about it" in message for message in messages)
    assert any("nobody reads what has no owner" in message for message in messages)


def test_a_leader_without_an_address_is_a_warning() -> None:
    finding = only(org([TOP, LEAF], [INES, Person(id="mara", name="Mara")]))

    assert (finding.level, finding.where) == ("warning", "org.yaml:person:mara")


def test_the_same_claim_of_two_teams_is_an_error_in_any_case_of_letters() -> None:
    twin = team("twin", "top", owns=(Claim(source="gh", project="BILLING"),))

    finding = only(org([TOP, LEAF, twin]))

    assert finding.level == "error"
    assert "leaf and twin both own {source: gh, project: BILLING}" in finding.message


def test_the_same_claim_above_and_below_is_a_warning_that_says_who_gets_it() -> None:
    finding = only(org([team("top", owns=OWN), LEAF]))

    assert finding.level == "warning"
    assert "leaf gets it" in finding.message


def test_a_claim_given_twice_by_one_team_is_no_quarrel() -> None:
    assert found(org([TOP, team("leaf", "top", "mara", owns=OWN * 2)])) == []


def test_path_patterns_that_cross_without_one_being_closer_are_a_warning() -> None:
    one = team("one", "top", owns=(Claim(source="gh", path="src/*.py"),))
    other = team("other", "top", owns=(Claim(source="gh", path="src/tax*"),))
    apart = team("apart", "top", owns=(Claim(source="gh", path="web/t.ts"),))

    finding = only(org([TOP, one, other, apart]))

    assert finding.level == "warning"
    assert "one owns {source: gh, path: src/*.py} and other owns {source: gh, path: src/tax*}" in finding.message


def test_a_path_within_another_is_no_quarrel_because_the_longer_wins() -> None:
    one = team("one", "top", owns=(Claim(source="gh", path="src/*"),))
    other = team("other", "top", owns=(Claim(source="gh", path="src/billing/*"),))

    assert found(org([TOP, one, other])) == []


parts = st.sampled_from(["a", "ab", "b", "*", "a*", "?b", "*b"])
globs = st.lists(parts, min_size=1, max_size=3).map("/".join)
files = st.lists(st.sampled_from(["a", "ab", "b", "bb"]), min_size=1, max_size=3).map("/".join)


@settings(max_examples=300, deadline=None)
@given(one=globs, other=globs, path=files)
def test_patterns_that_match_one_file_from_the_root_are_said_to_cross(one: str, other: str, path: str) -> None:
    if pattern(f"/{one}").search(path) and pattern(f"/{other}").search(path):
        assert _cross(one, other)


@settings(max_examples=300, deadline=None)
@given(paths=st.lists(globs, min_size=2, max_size=6, unique=True))
def test_every_crossing_pair_is_found_and_no_other(paths: list[str]) -> None:
    claims = {f"t{n}": Claim(source="gh", path=path) for n, path in enumerate(paths)}
    expected = {
        frozenset((one, other))
        for one, other in combinations(claims, 2)
        if specificity(claims[one]) == specificity(claims[other])
        and _cross(claims[one].path or "", claims[other].path or "")
    }

    findings = found(org([TOP, *(team(name, "top", owns=(claim,)) for name, claim in claims.items())]))

    assert {frozenset(re.findall(r"\b(t[0-9]) owns", f.message)) for f in findings} == expected


def test_an_account_of_two_people_is_an_error() -> None:
    people = [INES, MARA, *(Person(id=name, team="leaf", accounts={"gh": "dkim"}) for name in ("eng1", "eng2"))]

    finding = only(org([TOP, LEAF], people))

    assert (finding.level, finding.where) == ("error", "org.yaml:person:eng2")
    assert "dkim at gh is eng1's already" in finding.message


def test_the_same_account_name_at_two_sources_is_no_quarrel() -> None:
    people = [INES, MARA, Person(id="e1", accounts={"gh": "dkim"}), Person(id="e2", accounts={"desk": "dkim"})]

    assert found(org([TOP, LEAF], people)) == []


def test_two_leaders_with_one_mailbox_are_a_note() -> None:
    finding = only(org([TOP, LEAF], [INES, Person(id="mara", email="Ines@fernhill.example")]))

    assert finding.level == "note"
    assert "ines and mara have the same mailbox" in finding.message


@pytest.mark.parametrize(("size", "words"), [(4, "4 people, fewer than 5"), (1, "one person"), (None, "no `size:`")])
def test_a_small_team_is_a_note_that_its_numbers_are_merged_upward(size: int | None, words: str) -> None:
    finding = only(org([TOP, team("leaf", "top", "mara", size=size, owns=OWN)]))

    assert finding.level == "note"
    assert words in finding.message


def test_a_leaf_that_owns_nothing_is_a_note() -> None:
    finding = only(org([TOP, team("leaf", "top", "mara")]))

    assert (finding.level, finding.where) == ("note", "org.yaml:team:leaf")


def test_a_leaf_that_only_hears_is_no_note() -> None:
    assert found(org([TOP, team("leaf", "top", "mara", hears=(Claim(source="desk"),))])) == []


def test_a_source_that_is_not_configured_is_a_warning_and_no_error() -> None:
    findings = found(org([TOP, LEAF], [INES, MARA, Person(id="e1", accounts={"hg": "x"})]), frozenset({"ghe"}))

    assert [finding.level for finding in findings] == ["warning", "warning"]
    assert "names the source gh, which is not configured. Did you mean ghe?" in findings[0].message
    assert "e1 has accounts at hg" in findings[1].message


def test_ids_that_differ_only_in_case_are_a_warning_of_files_that_collide() -> None:
    assert "differ only in case" in only(org([TOP, LEAF, team("Leaf", "top", owns=(Claim(source="desk"),))])).message


def test_an_id_that_is_filed_under_another_is_an_error() -> None:
    chart = Org(people={"ines": INES, "mara": MARA}, teams={"top": TOP, "leef": LEAF}, fallback="top")

    assert only(chart).message == "team leef says that its id is leaf"


def test_errors_come_before_warnings_and_those_before_notes() -> None:
    chart = org([team("top", None, "nobody", 3), team("mid", "top", None), team("leaf", "mid", "mara", 2)])

    levels = [finding.level for finding in found(chart)]

    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert set(levels) == {"error", "warning", "note"}


edges = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefx"), min_size=1)


@settings(max_examples=300, deadline=None)
@given(edges=edges)
def test_a_circle_is_found_exactly_where_walking_up_never_ends(edges: dict[str, str | None]) -> None:
    def walks_for_ever(name: str | None) -> bool:
        for _ in range(10):
            if name is None or name not in edges:
                return False
            name = edges[name]
        return True

    teams = [team(name, parent, owns=(Claim(source="gh", label=name),)) for name, parent in edges.items()]
    chart = org(teams, fallback="a")
    findings = found(chart)

    lost = {name for name in edges if walks_for_ever(name)}
    circles = [f.message.split("circle: ")[1].split(". ")[0].split(" -> ") for f in findings if "circle: " in f.message]
    below = {f.where.rpartition(":")[2] for f in findings if "cannot be reached" in f.message}
    on_circles = [name for circle in circles for name in circle[:-1]]
    assert {*on_circles, *below} == lost
    assert len(on_circles) == len(set(on_circles))
    assert not below & set(on_circles)
    for circle in circles:
        assert [edges[name] for name in circle[:-1]] == circle[1:]


@settings(max_examples=200, deadline=None)
@given(edges=edges)
def test_no_chart_makes_the_tree_hang(edges: dict[str, str | None]) -> None:
    chart = org([team(name, parent, size=1) for name, parent in edges.items()], fallback="a")

    for name in edges:
        assert chart.up(name)[0] == name
        assert name in chart.below(name)
        assert chart.size(name) == len(chart.below(name))
        assert set(chart.below(name)) == {other for other in edges if name in chart.up(other)}
