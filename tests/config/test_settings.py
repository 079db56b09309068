"""The three files of a configuration directory."""

from datetime import date
from pathlib import Path

import pytest

from config.settings import Loaded, Settings, load
from pipeline.check_in import QUESTIONS
from pipeline.escalate import Ladder
from pipeline.workdays import REGULAR, DaysOff, Workdays
from workers.wiring import to_asking, to_ladder, to_workdays

ORG = "fallback: top\nteams:\n- {id: top}\n"
SOURCES = "sources:\n- {name: a, kind: file}\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "sources.yaml").write_text(SOURCES)
    return tmp_path


def said(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "digest:\nmail:\n"])
def test_without_settings_the_defaults_are_used(directory: Path, text: str | None) -> None:
    if text is not None:
        (directory / "settings.yaml").write_text(text)

    loaded = load(directory)

    assert loaded.problems == ()
    assert loaded.settings == Settings()


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings()

    assert (settings.organisation.name, settings.organisation.timezone) == ("Your organisation", "UTC")
    assert (settings.digest.day, settings.digest.hour, settings.digest.by_hand) == ("monday", 9, 0)
    assert (settings.mail.from_, settings.mail.language) == ("Leaf Notes <leafnotes@localhost>", "en")
    assert (settings.retention.raw_pages, settings.retention.text) == ("90d", "400d")


@pytest.mark.parametrize(("written", "means"), [("0", 0), ("2", 2), ("52", 52), ("always", "always")])
def test_the_first_weeks_are_a_number_or_always(directory: Path, written: str, means: int | str) -> None:
    (directory / "settings.yaml").write_text(f"digest: {{by_hand: {written}}}\n")

    loaded = load(directory)

    assert (loaded.settings.digest.by_hand, loaded.problems) == (means, ())


def test_a_setting_overrides_its_default_alone(directory: Path) -> None:
    (directory / "settings.yaml").write_text("digest: {day: friday}\nmail: {from: Notes <n@x.example>}\n")

    settings = load(directory).settings

    assert (settings.digest.day, settings.digest.hour, settings.mail.from_) == ("friday", 9, "Notes <n@x.example>")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("organisation: {timezone: Europe/Atlantis}", "'Europe/Atlantis' is not a time zone"),
        ("organisation: {timezone: ../../etc/passwd}", "is not a time zone"),
        ("organisation: {timezone: /etc/localtime}", "is not a time zone"),
        ("organisation: {name: ''}", "organisation.name: is empty"),
        ("digest: {day: Mon}", "must be one of monday,"),
        ("digest: {day: mondy}", "Did you mean monday?"),
        ("digest: {preview: 12}", "digest.preview:"),
        ("digest: {preview: 73h}", "digest.preview:"),
        ("digest: {preview: 1d}", "digest.preview:"),
        ("digest: {preview: -1h}", "digest.preview:"),
        ("digest: {hour: 24}", "digest.hour: must be at most 23, not 24"),
        ("digest: {hour: nine}", "digest.hour: must be a whole number, not 'nine'"),
        ("digest: {by_hand: -1}", "digest.by_hand"),
        ("digest: {by_hand: 53}", "digest.by_hand"),
        ("digest: {by_hand: 1.5}", "digest.by_hand"),
        ("digest: {by_hand: true}", "digest.by_hand: is no switch"),
        ("digest: {by_hand: alway}", "digest.by_hand"),
        ("digest: {by_hnd: 2}", "Did you mean `by_hand`?"),
        ("mail: {from: nobody}", "'nobody' is not an e-mail address"),
        ('mail: {from: "a@b.example\\nBcc: c@d.example"}', "is not an e-mail address"),
        ("mail: {from_: a@b.example}", "Did you mean `from`?"),
        ("mail: {language: dutch}", "mail.language"),
        ("retention: {text: forever}", "'forever' has not the form that is needed. It is how long"),
        ("work: {lease: 0s}", "work.lease"),
        ("classify: {mode: fats}", "must be one of full, fast, not 'fats'. Did you mean fast?"),
        ("classify: {mod: fast}", "Did you mean `mode`?"),
        ("organization: {name: x}", "Did you mean `organisation`?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(directory: Path, line: str, words: str) -> None:
    (directory / "settings.yaml").write_text(f"# first\n{line}\n")

    [problem] = said(load(directory))

    assert problem.startswith("settings.yaml:2: ")
    assert words in problem


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ("{replies: reply}", "'reply' cannot take a token"),
        ("{replies: a+b@notes.example}", "cannot take a token"),
        ("{replies: " + "a" * 31 + "@notes.example}", "cannot take a token"),
        ("{replies: a@notes.example, bounces: A@notes.example}", "one address"),
        ("{inbox: {host: h.example, user: u, password: 'file:org.yaml'}}", "read for nothing"),
        (
            "{replies: a@notes.example, inbox: {host: h.example, tls: no, user: u, password: 'file:org.yaml'}}",
            "in the clear",
        ),
        ("{trusted_results: 'mx.example; dmarc=pass'}", "mail.trusted_results"),
    ],
)
def test_where_mail_comes_back_must_be_usable(directory: Path, mail: str, words: str) -> None:
    (directory / "settings.yaml").write_text(f"mail: {mail}\n")

    [problem] = said(load(directory))

    assert words in problem


def test_problems_of_all_files_are_told_at_once(directory: Path) -> None:
    (directory / "settings.yaml").write_text("digest: {hour: 99}\n")
    (directory / "org.yaml").write_text("teams: [{id: a, name: [x]}]\npeople: [{id: b, email: c}]\n")
    (directory / "sources.yaml").write_text("source: []\n")

    files = [problem.file for problem in load(directory).problems]

    assert files == ["settings.yaml", *["org.yaml"] * 3, "sources.yaml"]


def test_an_empty_directory_names_the_files_that_are_needed(tmp_path: Path) -> None:
    problems = load(tmp_path).problems

    assert [problem.file for problem in problems] == ["org.yaml", "sources.yaml"]
    assert all("leafnotes init" in problem.remedy for problem in problems)


def test_settings_under_a_slightly_wrong_name_are_not_passed_over(directory: Path) -> None:
    (directory / "settings.yml").write_text("digest: {hour: 7}\n")

    assert "Rename that to settings.yaml" in said(load(directory))[0]


def test_a_source_name_that_is_there_twice_is_refused_with_both_lines(directory: Path) -> None:
    (directory / "sources.yaml").write_text("sources:\n- {name: a, kind: file}\n- name: b\n- name: a\n")

    [problem] = said(load(directory))

    assert problem.startswith("sources.yaml:4: sources[2].name: 'a' is there twice. It is on line 2 already")


@pytest.mark.parametrize("kind", ["people", "teams"])
def test_an_id_that_is_there_twice_is_refused_with_both_lines(directory: Path, kind: str) -> None:
    (directory / "org.yaml").write_text(
        f"fallback: a\n{kind}:\n- {{id: a}}\n- {{id: 12}}\n- {{id: a}}\n- {{id: '12'}}\n"
    )

    assert [(p.line, p.remedy.split(":")[0]) for p in load(directory).problems] == [
        (5, "It is on line 3 already"),
        (6, "It is on line 4 already"),
    ]


def test_the_entries_of_sources_stay_as_they_were_written(directory: Path) -> None:
    (directory / "sources.yaml").write_text("sources:\n- {name: a, kind: x, token: '${T}', anything: [1]}\n")

    assert load(directory).sources == ({"name": "a", "kind": "x", "token": "${T}", "anything": [1]},)


def test_people_teams_and_claims_have_their_values(directory: Path) -> None:
    (directory / "org.yaml").write_text(
        "fallback: top\n"
        "people: [{id: 7, name: Ines, email: i@x.example, timezone: Europe/London, team: top, accounts: {gh: 42}}]\n"
        "teams: [{id: top, leader: 7, size: 6, owns: [{source: gh, label: on, path: src/*}], hears: [{group: 2nd}]}]\n"
    )

    org = load(directory).org

    person, team = org.people[0], org.teams[0]
    assert (person.id, person.email, person.team, person.accounts) == ("7", "i@x.example", "top", {"gh": "42"})
    assert (team.id, team.name, team.leader, team.size) == ("top", "top", "7", 6)
    assert (team.owns[0].source, team.owns[0].label, team.owns[0].path) == ("gh", "on", "src/*")
    assert team.hears[0].group == "2nd"


def test_lists_whose_entries_are_commented_out_are_empty(directory: Path) -> None:
    (directory / "org.yaml").write_text("fallback: a\npeople:\nteams:\n- id: a\n  owns:\n  hears:\n")

    loaded = load(directory)

    assert loaded.problems == ()
    assert (loaded.org.people, loaded.org.teams[0].owns, loaded.org.teams[0].hears) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("teams: [{id: ../x}]", "has not the form"),
        ("teams: [{id: a, owns: [{}]}]", "claims nothing"),
        ("teams: [{id: a, owns: [{label: [x, y]}]}]", "must be text, not a list"),
        ("teams: [{id: a, owns: {source: x}}]", "must be a list, not a set of keys"),
        ("teams: [{id: a, own: []}]", "Did you mean `owns`?"),
        ("teams: [{id: a, size: -1}]", "must be at least 0"),
        ("people: [{id: a, email: 'A <a@b.example>'}]", "bare e-mail address"),
        ("people: [{id: a, timezone: Mars}]", "is not a time zone"),
        ("people: [{id: a, acounts: {}}]", "Did you mean `accounts`?"),
    ],
)
def test_a_wrong_line_of_the_org_chart_is_named(directory: Path, text: str, words: str) -> None:
    (directory / "org.yaml").write_text(f"fallback: a\n{text}\n")

    [problem] = said(load(directory))

    assert problem.startswith("org.yaml:2: ")
    assert words in problem


def test_places_are_known_by_kind_and_id(directory: Path) -> None:
    (directory / "org.yaml").write_text("fallback: a\nteams:\n- {id: a}\n- id: 12\npeople:\n- id: ines\n")

    where = load(directory).where

    assert where("team", "12") == "org.yaml:4"
    assert where("person", "ines") == "org.yaml:6"
    assert where("source", "a") == "sources.yaml:2"
    assert where("fallback", "a") == "org.yaml:1"
    assert where("team", "nobody") == "org.yaml"


def test_files_of_the_wrong_shape_break_nothing(directory: Path) -> None:
    for name in ("org.yaml", "sources.yaml", "settings.yaml"):
        for text in ("- a\n", "text\n", "3\n", "people: 3\nteams: x\nsources: {a: 1}\n", "sources: [1, x]\n"):
            (directory / name).write_text(text)
            loaded = load(directory)
            assert loaded.problems
            assert loaded.where("team", "a")


def test_teams_above_each_other_are_one_problem_with_the_whole_circle(directory: Path) -> None:
    teams = [("a", "b"), ("b", "c"), ("c", "a"), ("below", "a"), ("alone", "alone"), ("top", None)]
    lines = "".join(f"- {{id: {name}, parent: {parent or '~'}}}\n" for name, parent in teams)
    (directory / "org.yaml").write_text(f"teams:\n{lines}fallback: top\n")

    said = [str(problem) for problem in load(directory).problems]

    assert said == [
        f"org.yaml:{line}: teams[{line - 2}].parent: teams are above each other in a circle: {circle}. "
        "Give one of them another parent, or none."
        for line, circle in ((2, "a -> b -> c -> a"), (6, "alone -> alone"))
    ]


CALENDAR = "calendar:\n  days_off:\n  - "


def test_days_off_are_read_with_their_teams(directory: Path) -> None:
    (directory / "settings.yaml").write_text(
        "calendar:\n  working_days: [sunday, monday]\n  days_off:\n"
        "  - {from: 2026-12-24, to: 2027-01-01}\n  - {from: 2026-10-05, teams: [top]}\n"
    )

    loaded = load(directory)

    assert loaded.problems == ()
    assert to_workdays(loaded.settings) == Workdays(
        weekdays=frozenset({6, 0}),
        off=(
            DaysOff(first=date(2026, 12, 24), last=date(2027, 1, 1)),
            DaysOff(first=date(2026, 10, 5), last=date(2026, 10, 5), teams=frozenset({"top"})),
        ),
    )


def test_without_a_calendar_the_week_has_five_working_days() -> None:
    assert to_workdays(Settings()) == REGULAR


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{from: 2026-12-24, to: 2026-12-20}", "does not end within a year after it begins"),
        ("{from: 2026-12-24, to: 2062-12-20}", "does not end within a year after it begins"),
        ("{from: christmas}", "'christmas' is not a date; write it as 2026-12-24"),
        ("{from: 2026-02-30}", "must be a date, not '2026-02-30'"),
        ("{from: 20261224}", "20261224 is not a date; write it as 2026-12-24"),
        ("{from: 0}", "0 is not a date"),
        ("{form: 2026-12-24}", "Did you mean `from`?"),
        ("{from: 2026-12-24, team: top}", "Did you mean `teams`?"),
        ("{from: 2026-12-24, teams: top}", "must be a list"),
        ("{from: 2026-12-24, teams: [tip]}", "'tip' is no team of org.yaml. Did you mean top?"),
        ("{from: 2026-12-24, teams: [1]}", "'1' is no team of org.yaml"),
        ("2026-12-24", "must be a set of keys"),
    ],
)
def test_a_wrong_day_off_is_told_with_its_line_and_a_remedy(directory: Path, entry: str, words: str) -> None:
    (directory / "settings.yaml").write_text(f"{CALENDAR}{entry}\n")

    problems = said(load(directory))

    assert len(problems) == 1, problems
    assert problems[0].startswith("settings.yaml:3: calendar.days_off[0]")
    assert words in problems[0]


@pytest.mark.parametrize("days", ["[]", "[mondays]"])
def test_a_working_week_has_days_of_the_week(directory: Path, days: str) -> None:
    (directory / "settings.yaml").write_text(f"calendar: {{working_days: {days}}}\n")

    assert said(load(directory))[0].startswith("settings.yaml:1: calendar.working_days")


def test_days_off_that_are_commented_out_are_none(directory: Path) -> None:
    (directory / "settings.yaml").write_text("calendar:\n  days_off:\n")

    loaded = load(directory)

    assert (loaded.problems, loaded.settings) == ((), Settings())


PEOPLE = "people:\n- {id: ada, email: ada@x.example}\n- {id: bob}\n"


def test_the_ladder_without_settings_is_that_of_the_code() -> None:
    assert to_ladder(Settings()) == Ladder()


def test_a_rule_of_the_ladder_keeps_what_is_not_said(directory: Path) -> None:
    (directory / "org.yaml").write_text(PEOPLE + ORG)
    (directory / "settings.yaml").write_text("escalation:\n  rules:\n    security: {tell: [ada]}\n")

    loaded = load(directory)
    ladder = to_ladder(loaded.settings)

    assert loaded.problems == ()
    assert ladder.rules["security"].tell == ("ada",)
    assert (ladder.rules["security"].within, ladder.rules["security"].at_once) == ("1h", True)
    assert ladder.rules["escalate"] == Ladder().rules["escalate"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("security: {tell: [adda]}", "'adda' is no person of org.yaml"),
        ("security: {tell: [adda]}", "Did you mean ada?"),
        ("security: {tell: [bob]}", "'bob' has no e-mail address in org.yaml"),
        ("security: {tell: [lead]}", "named, never to all leads"),
        ("harm: {at_once: true}", "harm cannot go out at once"),
        ("harm: {within: soon}", "within"),
        ("harm: {tell: [keeper]}", "'keeper' is no person of org.yaml"),
        ("churn: {tell: [keeper, adda]}", "Did you mean ada?"),
        ("churn: {at_once: true}", "churn cannot go out at once"),
        ("harm: {withing: 1d}", "Did you mean `within`?"),
        ("harms: {within: 1d}", "Did you mean `harm`?"),
    ],
)
def test_a_wrong_rule_of_the_ladder_is_named_with_its_line(directory: Path, rule: str, words: str) -> None:
    (directory / "org.yaml").write_text(PEOPLE + ORG)
    (directory / "settings.yaml").write_text(f"escalation:\n  rules:\n    {rule}\n")

    problems = said(load(directory))

    assert len(problems) == 1
    assert words in problems[0]
    assert problems[0].startswith("settings.yaml:")


def test_important_accounts_are_a_list_or_named_with_who_keeps_each(directory: Path) -> None:
    (directory / "org.yaml").write_text(PEOPLE + ORG)
    for given, kept in (
        ("{Ashby  Fold: ada, 4711: }", {"ashby fold": "ada", "4711": None}),
        ("[Ashby Fold]", {"ashby fold": None}),
        ("[]", {}),
        ("", {}),
    ):
        (directory / "settings.yaml").write_text(f"escalation:\n  accounts: {given}\n")
        loaded = load(directory)
        ladder = to_ladder(loaded.settings)

        assert loaded.problems == ()
        assert ladder.accounts == kept
        assert ladder.rules["churn"].enabled == bool(kept)


@pytest.mark.parametrize(
    ("given", "line", "words"),
    [
        ("{Ashby Fold: adda}", 2, "'adda' is no person of org.yaml. Did you mean ada?"),
        ("{Ashby Fold: bob}", 2, "'bob' has no e-mail address"),
        ("{Ashby Fold: lead}", 2, "'lead' is no person"),
        ("\n    Ashby Fold: ada\n    ashby  FOLD: ada", 4, "'ashby  FOLD' is given on line 3 already"),
        ("[Ashby Fold, Ashby Fold]", 2, "is given on line 2 already"),
        ("[{name: Ashby Fold}]", 2, "is no name of an account"),
        ("5", 2, "escalation.accounts"),
    ],
)
def test_a_wrong_account_is_named_with_its_line(directory: Path, given: str, line: int, words: str) -> None:
    (directory / "org.yaml").write_text(PEOPLE + ORG)
    (directory / "settings.yaml").write_text(f"escalation:\n  accounts: {given}\n")

    [problem] = said(load(directory))

    assert problem.startswith(f"settings.yaml:{line}: escalation.accounts")
    assert words in problem


def test_a_check_in_is_off_until_it_is_turned_on_and_keeps_what_is_not_said(directory: Path) -> None:
    (directory / "settings.yaml").write_text("check_in: {enabled: true, questions: {work: It was a good week}}\n")

    asking = to_asking(load(directory).settings)

    assert to_asking(Settings()) is None
    assert asking is not None
    assert (asking.day, asking.hour, asking.teams, asking.free_line) == ("thursday", 14, (), False)
    assert list(asking.questions) == list(QUESTIONS)
    assert asking.questions["work"] == "It was a good week"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{teams: [tip]}", "check_in.teams[0]: 'tip' is no team of org.yaml. Did you mean top?"),
        ("{questions: {work: 9 of 10 days were good}}", "is no question of the check-in"),
        ("{questions: {heard: 'They said \"yes\"'}}", "is no question of the check-in"),
        ("{day: someday}", "check_in.day"),
        ("{hour: 24}", "check_in.hour"),
        ("{enable: true}", "enabled"),
    ],
)
def test_a_wrong_check_in_is_named_with_its_line(directory: Path, given: str, words: str) -> None:
    (directory / "settings.yaml").write_text(f"check_in: {given}\n")

    found = said(load(directory))

    assert len(found) == 1
    assert "settings.yaml:1" in found[0]
    assert words in found[0]


def test_hours_in_which_nobody_could_be_called_are_refused(directory: Path) -> None:
    (directory / "settings.yaml").write_text("escalation: {opens: 19, closes: 8}\n")

    assert "not before" in said(load(directory))[0]


@pytest.mark.parametrize(
    ("written", "means"),
    [("12h", "12h"), ("72h", "72h"), ("off", "off"), ("'off'", "off"), ("0", "0")],
)
def test_the_preview_is_so_many_hours_or_off_however_yaml_reads_that(directory: Path, written: str, means: str) -> None:
    (directory / "settings.yaml").write_text(f"digest: {{preview: {written}}}\n")

    loaded = load(directory)

    assert loaded.problems == ()
    assert loaded.settings.digest.preview == means
