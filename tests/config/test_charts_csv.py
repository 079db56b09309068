"""CSV with managers: what becomes of rows, and what is said of those that cannot be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.charts import Chart
from config.charts.people_csv import people_csv
from tests.config.charted import file, members, said, tree
from tests.effort import grows_in_step

ROSTA = """\
Name,E-Mail,Manager Email,Department,Job Title,Time Zone,account:desk
Noor Aziz,noor@rosta.example,,,Director,Europe/Vienna,
Kit Berger,kit@rosta.example,noor@rosta.example,Roasting,Head of Roasting,,k1
Ana Lima,ana@rosta.example,KIT@rosta.example,Roasting,Roaster,,r1
Bo Chen,bo@rosta.example,kit@rosta.example,Roasting,Roaster,,r2
Dee Novak,dee@rosta.example,noor@rosta.example,Delivery,Head of Delivery,,
"Eriksson, Elin",elin@rosta.example,dee@rosta.example,Delivery,Driver,,d1
"""


def read(text: str) -> Chart:
    return people_csv([file(text, "people.csv")])


def test_teams_leaders_and_parents_come_from_departments_and_managers() -> None:
    chart = read(ROSTA)

    assert tree(chart) == {
        "noor-team": (None, "noor"),
        "roasting": ("noor-team", "kit"),
        "delivery": ("noor-team", "dee"),
    }
    assert members(chart)["elin"] == "delivery"
    assert said(chart) == []


def test_accounts_zones_and_names_are_kept() -> None:
    people = {person.id: person for person in read(ROSTA).people}

    assert people["ana"].accounts == {"desk": "r1"}
    assert people["noor"].timezone == "Europe/Vienna"
    assert people["elin"].name == "Eriksson, Elin"


def test_without_a_team_column_people_are_in_the_team_of_their_manager() -> None:
    chart = read("email,manager\na@x.example,\nb@x.example,a@x.example\nc@x.example,b@x.example\n")

    assert tree(chart) == {"a-team": (None, "a"), "b-team": ("a-team", "b")}
    assert members(chart) == {"a": None, "b": "a-team", "c": "b-team"}


def test_the_head_of_a_department_of_one_leads_it() -> None:
    chart = read(
        "email,manager,team\ni@x.example,,Engineering\np@x.example,i@x.example,Product\n"
        "m@x.example,p@x.example,Billing\ne@x.example,m@x.example,Billing\n"
    )

    assert tree(chart) == {
        "engineering": (None, "i"),
        "product": ("engineering", "p"),
        "billing": ("product", "m"),
    }


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Ana,ana,\n", "people.csv:2: Ana: 'ana' is not an e-mail address"),
        ("Ana,ana@x.example,boss\n", "people.csv:2: Ana: the manager 'boss' is not an e-mail address"),
        ("Ana,ana@x.example,gone@x.example\n", "people.csv:2: Ana: has the manager gone@x.example, who is not"),
        ("Ana,,\n", "people.csv:2: Ana: has no e-mail address; they are kept"),
        (",,\n\n,,bo@x.example\n", "people.csv:4: has no e-mail address, id or name; the row is set aside"),
        ("Ana,ana@x.example,ana@x.example\n", "people.csv:2: Ana: is their own manager; they are put at the top"),
        ("Ana,a@x.example,\nAna,a@x.example,\n", "people.csv:3: Ana: is on line 2 already; this entry is set aside"),
        (
            "Ana,a@x.example,b@x.example\nAna,A@x.example,c@x.example\nB,b@x.example,\nC,c@x.example,\n",
            "people.csv:3: Ana: has two managers, b@x.example on line 2 and c@x.example here",
        ),
        (
            "A,a@x.example,b@x.example\nB,b@x.example,a@x.example\n",
            "people.csv:2: A: managers are above each other in a circle: a@x.example -> b@x.example -> a@x.example",
        ),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(rows: str, told: str) -> None:
    chart = read("name,email,manager_email\n" + rows)

    assert [line for line in said(chart) if told in line]


def test_a_bad_row_stops_no_other() -> None:
    chart = read("name,email\n,\n,,,\nAna,nonsense\nBo,bo@x.example\n")

    assert members(chart) == {"ana": None, "bo": None}


def test_columns_are_known_in_any_case_and_order_and_with_semicolons() -> None:
    chart = read("\ufeffMANAGER_EMAIL;Work Email;ID\n;ana@x.example;u1\r\nana@x.example;bo@x.example;u2\r\n")

    assert members(chart) == {"u1": None, "u2": "u1-team"}


def test_only_cells_beyond_the_columns_are_told_of() -> None:
    chart = read("email,floor\na@x.example,3\nb@x.example,3,4\n")

    assert [line for line in said(chart) if "more cells" in line] == [
        "people.csv:3: b@x.example: has more cells than there are columns. Quote cells that hold the separator."
    ]


def test_an_unknown_column_is_named_with_the_nearest_one() -> None:
    chart = read("name,emial\nAna,ana@x.example\n")

    assert "people.csv:1: emial: is a column that is not known, so it is not read. Did you mean email?" in said(chart)


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2\n", "\x00"])
def test_a_file_without_people_says_so(text: str) -> None:
    chart = read(text)

    assert chart.people == ()
    assert chart.problems


def test_two_people_of_one_name_have_two_ids() -> None:
    chart = read("name,email\nAna,ana@x.example\nAna,ana@y.example\n李雷,li@z.example\n李雷,\n")

    assert len({person.id for person in chart.people}) == 4


def test_ten_times_the_people_take_about_ten_times_as_long() -> None:
    def import_(count: int) -> None:
        rows = "".join(f"P{n},p{n}@x.example,p{n // 8}@x.example,Team {n // 8}\n" for n in range(1, count))
        assert len(read("name,email,manager_email,team\nP0,p0@x.example,,Top\n" + rows).people) == count

    grows_in_step(import_, 1_000)


_CELLS = st.sampled_from(["name", "email", "team", "manager", "a@b.c", "d@e.f", ",", ";", '"', "\n", "\x00", "é", "id"])


@given(st.text() | st.lists(_CELLS).map("".join))
def test_any_text_is_a_chart_or_problems(text: str) -> None:
    chart = read(text)

    assert chart.people or chart.problems
