"""YAML with positions, and faults in plain words."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from config import document
from config.document import Document, Problem
from config.reader import read, validate


class App(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int | str
    private_key: SecretStr


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]+$", description="what mails call it")
    token: SecretStr | None = None
    app: App | None = None
    repos: list[str] = []
    tags: dict[Literal["escalate", "private"], list[str]] = {}
    accounts: dict[str, str] = {}
    markup: Literal["markdown", "html"] = "markdown"
    until: AwareDatetime | None = None
    hour: int = Field(default=9, ge=0, le=23)
    insecure: bool = False
    size: int | None = None


class Place(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="a file or a directory", json_schema_extra={"variables": True})
    plain: str = ""


Write = Callable[..., Document]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "sources.yaml") -> Document:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(tmp_path / name)

    return write


def faults(document: Document, at: tuple[str | int, ...] = (), **environ: str) -> list[str]:
    found = validate(document, Options, at, environ=environ)
    assert isinstance(found, list)
    return [str(problem) for problem in found]


def good(document: Document, **environ: str) -> Options:
    found = validate(document, Options, environ=environ)
    assert isinstance(found, Options), found
    return found


def test_every_value_has_the_line_of_its_key(write: Write) -> None:
    document = write("# comment\nsources:\n- name: a\n  repos:\n  - x/y\n  - x/z\n- {name: b,\n   token: c}\n")

    assert document.line(("sources",)) == 2
    assert document.line(("sources", 0, "name")) == 3
    assert document.line(("sources", 0, "repos", 1)) == 6
    assert document.line(("sources", 1, "token")) == 8


def test_a_place_that_is_not_there_has_the_line_of_the_nearest_above_it(write: Write) -> None:
    assert write("a:\n  b: 1\n").line(("a", "c", "d")) == 1


def test_a_problem_names_file_line_key_and_remedy() -> None:
    problem = Problem("sources.yaml", 12, "sources[0].token", "is missing", "Add it.")

    assert str(problem) == "sources.yaml:12: sources[0].token: is missing. Add it."


def test_a_problem_without_a_line_names_the_file_alone() -> None:
    assert str(Problem("environment", 0, "X", "is not set")) == "environment: X: is not set"


@pytest.mark.parametrize(
    "text", ["yes", "on", "off", "0123", "1e3", "2026-09-18", "1:30", "0x1f", "1_000", ".5", ".inf"]
)
def test_what_only_looks_like_something_else_stays_text(write: Write, text: str) -> None:
    assert write(f"a: {text}\n").data == {"a": text}


def test_plain_numbers_booleans_and_nothing_are_understood(write: Write) -> None:
    assert write("a: 12\nb: 1.5\nc: true\nd:\ne: ~\n").data == {"a": 12, "b": 1.5, "c": True, "d": None, "e": None}


def test_keys_are_always_text(write: Write) -> None:
    assert write("on: 1\n12: 2\nnull: 3\n").data == {"on": 1, "12": 2, "null": 3}


def test_an_empty_file_holds_nothing_and_has_no_problem(write: Write) -> None:
    for text in ("", "# only a comment\n", "---\n"):
        document = write(text)
        assert (document.data, document.problems) == ({}, ())


def test_a_key_that_is_there_twice_is_refused_with_both_lines(write: Write) -> None:
    [problem] = write("a: 1\nb: 2\na: 3\n").problems

    assert str(problem) == "sources.yaml:3: a: is there twice. It is on line 1 already: remove one of the two."


def test_all_keys_that_are_there_twice_are_named(write: Write) -> None:
    assert [p.line for p in write("a: 1\na: 2\nb: {c: 1, c: 2}\n").problems] == [2, 3]


def test_anchors_and_merges_bring_values_with_their_own_lines(write: Write) -> None:
    document = write("base: &b\n  poll: 5m\n  kind: x\none:\n  <<: *b\n  kind: y\ntwo: *b\n")

    assert document.data["one"] == {"kind": "y", "poll": "5m"}
    assert document.data["two"] == {"poll": "5m", "kind": "x"}
    assert document.line(("one", "poll")) == 2


def test_aliases_that_unfold_without_end_are_refused_at_once(write: Write) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    document = write("\n".join(lines))

    assert document.broken
    assert "values" in document.problems[0].message


def test_merges_that_unfold_without_end_are_refused(write: Write) -> None:
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(1000)) + "}"]
    lines += [f"b{n}: {{<<: [{', '.join(['*a0'] * 100)}]}}" for n in range(20)]

    assert write("\n".join(lines)).broken


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"a: 1\n\tb: 2\n", 2, "tab"),
        (b"a:\n\t- b\n", 2, "tab"),
        (b"a: b: c\n", 1, "second `:`"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 3, "not closed"),
        (b"a: 1\nb: {c: 1\n", 3, "not closed"),
        (b"a: 'open\nb: 1\n", 3, "not closed"),
        (b"a: @home\n", 1, "sign YAML keeps"),
        (b"a: 1\n  b: 2\n", 2, "second `:`"),
        (b'a: "C:\\dir"\n', 1, "backslash"),
        (b"a: *nobody\n", 1, "refers to nothing"),
        (b"a: &x [*x]\n", 1, "refers to nothing"),
        (b"a: !!python/object:os.system {}\n", 1, "tag"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"? [a, b]\n: 1\n", 1, "should"),
        (b"a: 1\nb: caf\xe9\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "UTF-16"),
        (b"a: 1\nb: x\x00y\n", 2, "invisible"),
        (b"a: {<<: 3}\n", 1, "<<"),
        (b"[" * 100, 1, "deeply"),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(write: Write, text: bytes, line: int, words: str) -> None:
    document = write(text)

    assert document.broken
    assert words in str(document.problems[0])
    assert document.problems[0].line == line


def test_a_byte_order_mark_is_read_over(write: Write) -> None:
    assert write(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


def test_a_missing_file_is_a_problem_and_a_similar_name_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "org.yml").write_text("teams: []")

    assert "Rename" in str(read(tmp_path / "org.yaml").problems[0])
    assert "leafnotes init" in str(read(tmp_path / "sources.yaml").problems[0])


def test_a_directory_in_the_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").mkdir()

    assert read(tmp_path / "org.yaml").broken


def test_a_huge_file_is_refused_without_being_understood(write: Write) -> None:
    assert "larger" in str(write(b"a: 1\n" + b"#" * document.LARGEST).problems[0])


def test_ten_thousand_levels_of_nesting_end_in_a_problem(write: Write) -> None:
    assert write("[" * 10_000 + "]" * 10_000).broken
    assert write("{a: " * 10_000).broken
    assert write("".join("  " * n + "a:\n" for n in range(500))).broken


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text("ab:-[]{}&*!|>'\"#%@,? \n\t<0~", max_size=120).map(str.encode))
def test_no_file_makes_the_reader_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(raw)

    document = read(path)
    found = validate(document, Options, environ={})

    assert document.problems or isinstance(found, list | Options)


names = st.text("abcd", min_size=1, max_size=3)
values = st.recursive(
    st.text("abc 0:#'", max_size=8) | st.integers(-9, 99) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(names, values, min_size=1, max_size=4))
def test_what_yaml_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]) -> None:
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(yaml.safe_dump(data))

    assert read(path).data == data


def test_all_faults_are_told_at_once_each_on_its_line(write: Write) -> None:
    document = write("name: Bad Name\nrepos: x\nhour: 30\ntokn: a\nmarkup: markdwon\n", "sources.yaml")

    assert faults(document) == [
        "sources.yaml:1: name: 'Bad Name' has not the form that is needed. It is what mails call it.",
        "sources.yaml:2: repos: must be a list, not 'x'. Write [a, b], or one `- a` a line.",
        "sources.yaml:3: hour: must be at most 23, not 30",
        "sources.yaml:4: tokn: is not a key that is known here. Did you mean `token`?",
        "sources.yaml:5: markup: must be one of markdown, html, not 'markdwon'. Did you mean markdown?",
    ]


def test_the_key_names_the_whole_way_to_a_nested_fault(write: Write) -> None:
    document = write("sources:\n- name: a\n- name: b\n  repos: [x, {y: 1}]\n")

    assert faults(document, ("sources", 1)) == ["sources.yaml:4: sources[1].repos[1]: must be text, not a set of keys"]


def test_a_missing_key_says_what_it_is_for(write: Write) -> None:
    assert faults(write("\nhour: 3\n")) == ["sources.yaml:2: name: is missing. Add `name:`, it is what mails call it."]


def test_a_key_without_a_value_is_called_empty(write: Write) -> None:
    assert faults(write("name:\n")) == ["sources.yaml:1: name: is empty. Write a value, or remove the key."]


def test_an_unknown_key_of_a_mapping_with_known_keys_is_compared_too(write: Write) -> None:
    assert faults(write("name: a\ntags: {escalat: [x]}\n")) == [
        "sources.yaml:2: tags.escalat: is not a key that is known here. Did you mean `escalate`?"
    ]


def test_a_key_that_resembles_none_is_answered_with_all(write: Write) -> None:
    assert "Known are accounts, app, hour" in faults(write("name: a\nzzz: 1\n"))[0]


def test_a_file_that_is_a_list_is_refused(write: Write) -> None:
    assert faults(write("- a\n"))[0].startswith("sources.yaml:1: must be a set of keys, not a list")


def test_messages_are_free_of_the_words_of_python_and_pydantic(write: Write) -> None:
    document = write("name: [1]\nrepos: {}\nhour: x\ninsecure: maybe\nuntil: soon\nsize: 1.5\napp: 3\ntags: []\n")

    text = " ".join(faults(document)).lower()

    assert len(faults(document)) == 8
    assert not [word for word in ("valid", "dict", "instance", "string", "parse", "input", "none") if word in text]


def test_numbers_become_text_exactly_as_they_were_written(write: Write) -> None:
    options = good(write("name: 123\nrepos: [1.10, true]\naccounts: {zendesk: 360001234567890, jira: 007}\n"))

    assert options.name == "123"
    assert options.repos == ["1.10", "true"]
    assert options.accounts == {"zendesk": "360001234567890", "jira": "007"}


def test_booleans_may_be_written_as_people_write_them(write: Write) -> None:
    assert good(write("name: a\ninsecure: yes\n")).insecure is True
    assert good(write("name: a\ninsecure: off\n")).insecure is False


def test_a_time_stays_what_was_written(write: Write) -> None:
    until = good(write("name: a\nuntil: 2026-09-18T18:05:00+01:00\n")).until

    assert until is not None
    assert until.isoformat() == "2026-09-18T18:05:00+01:00"


def test_a_secret_comes_from_the_environment(write: Write) -> None:
    token = good(write("name: a\ntoken: ${TOKEN}\n"), TOKEN=" abc \n").token

    assert token is not None
    assert token.get_secret_value() == "abc"


def test_a_secret_comes_from_a_file_beside_the_configuration(write: Write, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN\nabc\n-----END\n")

    app = good(write("name: a\napp: {id: 7, private_key: file:key.pem}\n")).app

    assert app is not None
    assert app.private_key.get_secret_value() == "-----BEGIN\nabc\n-----END"


@pytest.mark.parametrize("reference", ["${TOKEN}", "file:key"])
def test_a_reference_in_a_field_that_is_no_secret_stays_as_it_is(write: Write, reference: str) -> None:
    assert good(write(f"name: a\nrepos: ['{reference}']\n"), TOKEN="abc").repos == [reference]


def placed(document: Document, **environ: str) -> Place | list[str]:
    found = validate(document, Place, environ=environ)
    return [str(problem) for problem in found] if isinstance(found, list) else found


def test_a_field_that_may_hold_variables_has_them_filled_and_no_other_has(write: Write) -> None:
    found = placed(write("path: ${HOME}/exports/${DAY}.csv\nplain: ${DAY}\n"), HOME="/home/mara", DAY="monday")

    assert found == Place(path="/home/mara/exports/monday.csv", plain="${DAY}")


@pytest.mark.parametrize(("environ", "state"), [({}, "not set"), ({"EXPORT_FILE": " "}, "set but empty")])
def test_a_variable_that_is_not_there_is_named_with_its_place_and_what_to_do(
    write: Write, environ: dict[str, str], state: str
) -> None:
    said = placed(write("plain: a\npath: ${EXPORT_FILE}\n"), **environ)

    assert said == [
        f"sources.yaml:2: path: the environment variable EXPORT_FILE is {state}. "
        "Export EXPORT_FILE, or write the value here."
    ]


@pytest.mark.parametrize("key", ["pfad", "paths"])
def test_an_unknown_key_beside_a_missing_one_is_one_problem_that_names_both(write: Write, key: str) -> None:
    said = placed(write(f"plain: a\n{key}: exports\n"))

    assert said == [
        f"sources.yaml:2: {key}: is not a key that is known here, and `path` is missing. "
        "Did you mean `path`? It is a file or a directory."
    ]


def test_of_several_unknown_keys_none_is_taken_for_the_missing_one_unless_it_resembles_it(write: Write) -> None:
    said = str(placed(write("pfad: a\nordner: b\n")))

    assert "path: is missing" in said
    assert "Did you mean" not in said


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("ghp_0123456789", "must not be written"),
        ("12345678", "must not be written"),
        ("$TOKEN", "Did you mean ${TOKEN}?"),
        ("Bearer ${TOKEN}", "the whole value"),
        ("${ABSENT}", "the environment variable ABSENT is not set"),
        ("${EMPTY}", "the environment variable EMPTY is set but empty"),
        ("file:absent", "cannot be read"),
        ("file:.", "cannot be read"),
        ("file:empty", "is empty"),
        ("file:binary", "not UTF-8"),
        ("file:large", "too large"),
        ("''", "must not be written"),
    ],
)
def test_a_secret_that_cannot_be_had_is_a_problem(write: Write, tmp_path: Path, written: str, words: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "large").write_text("x" * 70_000)

    [fault] = faults(write(f"name: a\n\ntoken: {written}\n"), TOKEN="abc", EMPTY="")

    assert fault.startswith("sources.yaml:3: token: ")
    assert words in fault


def test_a_secret_that_was_written_down_is_never_repeated(write: Write) -> None:
    text = " ".join(faults(write("name: a\ntoken: hunter2hunter2\napp: {id: 1, private_key: [hunter3]}\n")))

    assert "hunter" not in text
    assert text.count("sources.yaml") == 2


def test_the_other_faults_of_an_entry_with_a_missing_secret_are_told_too(write: Write) -> None:
    assert len(faults(write("name: a\ntoken: ${ABSENT}\nhour: 99\n"))) == 2


def test_a_shared_secret_is_resolved_at_each_place(write: Write) -> None:
    document = write("a: &t {name: a, token: '${TOKEN}'}\nb: *t\n")

    for at in ("a", "b"):
        found = validate(document, Options, (at,), environ={"TOKEN": "abc"})
        assert isinstance(found, Options)
        assert found.token == SecretStr("abc")


def test_the_value_is_frozen(write: Write) -> None:
    with pytest.raises(ValidationError):
        good(write("name: a\n")).name = "b"  # type: ignore[misc]
