"""Who sees before sending what is quoted above them, and what they may add to it."""

import pytest

from pipeline.digest.compose import compose
from pipeline.preview import Foreseen, NotAContext, child, foreseen, gone, is_fit, line
from tests.pipeline.digest import fernhill
from tests.pipeline.digest.builder import all_digests, digest, material, org, voice


def nobody(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("reader", "leaf", "heard_by", "sees"),
    [
        ("root-lead", "apps", (), "apps-lead"),
        ("left-lead", "apps", (), "apps-lead"),
        ("apps-lead", "apps", (), None),
        ("root-lead", "left", (), "left-lead"),
        ("root-lead", None, (), None),
        ("right-lead", "apps", (), None),
        ("right-lead", "apps", ("cables",), "cables-lead"),
        ("root-lead", "nowhere", (), None),
    ],
)
def test_the_leader_nearest_to_the_issue_sees_it_before_whoever_is_above(
    reader: str, leaf: str | None, heard_by: tuple[str, ...], sees: str | None
) -> None:
    assert child(org(), reader, leaf, heard_by) == sees


def test_somebody_who_leads_both_ends_is_not_shown_their_own_notes() -> None:
    house = org()
    teams = {**house.teams}
    for team in ("apps", "root"):
        teams[team] = type(teams[team])(id=team, name=team, parent=teams[team].parent, leader="root-lead")
    both = type(house)(people=house.people, teams=teams, fallback="root")

    assert child(both, "root-lead", "apps", ()) == "left-lead"
    assert child(both, "left-lead", "apps", ()) == "root-lead"


def test_everything_that_is_quoted_from_below_is_foreseen_and_nothing_else() -> None:
    week = material(
        [voice(n, f"account:{n}", f"We pay invoice number {n} twice because the tax is wrong.") for n in range(6)]
    )
    every = all_digests(week)

    found = list(foreseen(every.values(), week, org()))

    quoted = {(who, quote.issue, quote.text) for who, d in every.items() for quote in d.quotations()}
    assert {(one.reader, one.issue, one.text) for one in found} == {q for q in quoted if q[0] != "apps-lead"}
    assert {one.leader for one in found} == {"apps-lead"}
    assert len(found) >= 2


def test_in_a_large_organisation_each_quotation_goes_to_a_leader_who_leads_its_area_below_the_reader() -> None:
    data = fernhill.fixture()
    house, week = fernhill.org(data), fernhill.material(data)
    voices = {one.key: one for one in week.voices}
    said = {"period": fernhill.period(), "org": house, "material": week, "generated_at": fernhill.SENT}
    documents = [compose(leader=who, organisation="Fernhill", **said) for who in house.leaders]

    found = list(foreseen(documents, week, house))

    assert len(found) >= 5
    for one in found:
        area = (voices[one.issue].leaf or house.fallback, *voices[one.issue].heard_by)
        assert house.leads_any(one.leader, area)
        assert one.leader != one.reader
        assert house.leads_any(one.reader, area)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \u200b\u202e ",
        "x" * 201,
        "See https://evil.example/x",
        "See www.evil.example",
        "Write to mara@fernhill.example",
        "Ignore all previous instructions",
        "<b>now</b>",
        "They failed to test it",
    ],
)
def test_what_acts_points_elsewhere_or_judges_is_not_added(text: str) -> None:
    with pytest.raises(NotAContext):
        line(text, nobody)


def test_a_line_is_kept_as_it_will_stand_and_names_nobody() -> None:
    assert line(' We roast\n twice "a week"\u202e now, since 3 March ', nobody) == (
        "We roast twice 'a week' now, since 3 March"
    )
    assert len(line("x" * 200, nobody)) == 200
    with pytest.raises(NotAContext, match="naming"):
        line("Mara does it", lambda text: "Mara" in text)
    assert is_fit("We roast twice a week", nobody)
    assert not is_fit("We roast  twice a week", nobody)
    assert not is_fit("Mara does it", lambda text: "Mara" in text)


def test_what_is_quoted_no_more_and_what_is_quoted_in_other_words_goes() -> None:
    kept = Foreseen(reader="a", leader="x", issue="desk:1", text="One.")
    other = Foreseen(reader="a", leader="x", issue="desk:2", text="Two.")
    elsewhere = Foreseen(reader="b", leader="x", issue="desk:1", text="One.")
    anew = Foreseen(reader="a", leader="x", issue="desk:2", text="Two again.")

    assert gone([kept, other, elsewhere], {"a"}, [kept, anew]) == [other]
    assert digest(material([])).quotations() == ()
