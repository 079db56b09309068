"""A desk described in YAML keeps the contract; a wrong description is found when read, by `check`, or by the kit."""

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import reader
from connectors.base import SourceError
from connectors.described import Described
from connectors.description import DescribedOptions
from connectors.kit import run
from connectors.kit.bench import quick
from connectors.kit.cases import CASES
from connectors.kit.dialect import Dialect
from connectors.kit.dialects.described import SAMPLE, DescribedDialect, dialect_for
from connectors.kit.dialects.freshdesk import FreshdeskDialect
from connectors.kit.dialects.redmine import RedmineDialect
from connectors.kit.server import Fake, running
from connectors.kit.world import World
from pipeline.issue import Gone, Issue

PAGE = Path(__file__).parents[2] / "docs" / "connectors" / "rest.md"
Description = dict[str, Any]


def changed(**change: Any) -> Description:
    """The sample with some keys changed, `a__b` for b inside a; None takes one out."""
    made = copy.deepcopy(dict(SAMPLE))
    for name, value in change.items():
        *way, last = name.split("__")
        place = made
        for step in way:
            place = place.setdefault(step, {})
        if value is None:
            place.pop(last)
        else:
            place[last] = value
    return made


OFFSET = changed(
    tickets={
        "path": "/v1/cases",
        "params": {"archived": "true", "sort": "+mtime"},
        "since": {"param": "q", "value": "mtime>{since}", "format": "epoch"},
        "items": "data.rows",
        "page": {"by": "offset", "param": "skip", "size_param": "limit", "total": "data.count"},
        "one": "/v1/cases/{external_id}",
    },
    profile={"page_size": 100, "inclusive": False, "tombstones": "census"},
    auth={"basic": {"user": "bot"}},
    deleted=None,
)
TOKENS = changed(
    tickets={
        "path": "/t",
        "params": {"all": "1"},
        "since": {"param": "since"},
        "items": "items",
        "page": {"by": "next", "next": "meta.after", "param": "after", "size_param": "limit", "more": "meta.more"},
    },
    profile={"page_size": 40, "order": "none"},
    remarks={
        "inside": "thread.posts",
        "fields": {"external_id": "id", "body": "b", "created_at": "t", "public": "public"},
    },
)
LINKS = changed(
    tickets={
        "path": "/t",
        "params": {"all": "1"},
        "since": {"param": "since", "format": "%Y-%m-%d %H:%M"},
        "page": {"by": "link", "size_param": "limit"},
    },
    profile={"page_size": 40, "tick": "1m", "window": 400},
    auth={"header": "X-Api-Key", "value": "{token}"},
)
SAYS_NOTHING = changed(
    tickets={
        "path": "/t",
        "params": {"all": "1"},
        "since": {"param": "since", "format": "epoch_ms"},
        "page": {"by": "number", "param": "p", "first": 0},
    },
    profile={"page_size": 40, "tick": "1ms"},
    deletions={"params": {"gone": "yes"}},
    deleted=None,
)
FRESHDESK: Description = {
    "tickets": {
        "path": "/api/v2/tickets",
        "params": {"order_by": "updated_at", "order_type": "asc", "include": "description,stats"},
        "since": {"param": "updated_since", "beginning": "2000-01-01T00:00:00Z"},
        "page": {"by": "number", "param": "page", "size_param": "per_page"},
    },
    "auth": {"basic": {"user": "{token}", "password": "X"}},
    "deletions": {"params": {"filter": "deleted"}},
    "profile": {"page_size": 100, "window": 30_000},
    "fields": {
        "external_id": "id",
        "title": "subject",
        "body": "description",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "state": "status",
        "closed_at": "stats.resolved_at",
    },
    "closed": ["4", "5"],
    "markup": "html",
    "remarks": {
        "path": "/api/v2/tickets/{external_id}/conversations",
        "params": {"per_page": "100"},
        "page": {"by": "link"},
        "fields": {"external_id": "id", "body": "body", "created_at": "created_at", "private": "private"},
    },
}
REDMINE: Description = {
    "tickets": {
        "path": "/issues.json",
        "params": {"status_id": "*", "sort": "updated_on:asc,id"},
        "since": {"param": "updated_on", "value": ">={since}"},
        "items": "issues",
        "one": "/issues/{external_id}.json",
        "page": {"by": "offset", "param": "offset", "size_param": "limit", "total": "total_count"},
    },
    "auth": {"header": "X-Redmine-API-Key", "value": "{token}"},
    "profile": {"page_size": 100, "tombstones": "census"},
    "fields": {
        "external_id": "id",
        "title": "subject",
        "body": "description",
        "created_at": "created_on",
        "updated_at": "updated_on",
        "state": "status.is_closed",
    },
    "closed": ["true"],
    "markup": "plain",
    "remarks": {
        "path": "/issues/{external_id}.json",
        "params": {"include": "journals"},
        "items": "issue.journals",
        "fields": {"external_id": "id", "body": "notes", "created_at": "created_on", "private": "private_notes"},
    },
}


def options(description: Mapping[str, Any]) -> DescribedOptions:
    ours = {"name": "desk", "kind": "rest", "base_url": "https://desk.example", "token": "stands for a secret"}
    return DescribedOptions.model_validate({**ours, **description})


def failures(description: Description, dialect: type[Dialect], cases: str = "") -> dict[str, str]:
    chosen = [case for case in CASES if not cases or case.id in cases.split()]
    outcomes = run.run(Described.of(options(description)), dialect, chosen)
    return {outcome.case.id: outcome.why for outcome in outcomes if outcome.result == "failed"}


def read_by(dialect: type[Dialect], description: Mapping[str, Any]) -> type[Dialect]:
    """The fake of one desk, read by another description than its own."""
    ours = ("base_url", "token", "per_page")

    class Desk(dialect):  # type: ignore[valid-type, misc]
        def options(self) -> Mapping[str, Any]:
            told = {name: value for name, value in description.items() if name not in ("name", "kind")}
            return {**told, **{name: value for name, value in super().options().items() if name in ours}}

    return Desk


@pytest.mark.parametrize("description", [OFFSET, TOKENS, LINKS, SAYS_NOTHING], ids=["offset", "next", "link", "number"])
def test_the_contract_is_kept_with_every_kind_of_paging(description: Description) -> None:
    assert failures(description, dialect_for(options(description))) == {}


@pytest.mark.parametrize(
    ("description", "dialect"), [(FRESHDESK, FreshdeskDialect), (REDMINE, RedmineDialect)], ids=["freshdesk", "redmine"]
)
def test_a_description_reads_a_fake_that_knows_nothing_of_descriptions(
    description: Description, dialect: type[Dialect]
) -> None:
    assert failures(description, read_by(dialect, description), "K1 K2 K4 K7 K8 K9 K10 K11") == {}


def test_a_desk_that_is_said_to_be_exclusive_and_is_not_loses_nothing() -> None:
    description = changed(profile__inclusive=False)

    assert failures(description, read_by(DescribedDialect, description), "K1 K2 K10") == {}


@pytest.mark.parametrize(
    ("case", "true", "wrong"),
    [
        ("K1", changed(profile__inclusive=False), changed()),
        ("K3", changed(profile__trail="20m"), changed(profile__trail="0s")),
        ("K8", changed(), changed(remarks__items="posts")),
        ("K9", changed(), changed(deleted=["removed"])),
        ("K11", changed(), changed(tickets__params={"order": "changed_at"})),
        ("K11", changed(), changed(closed=["done"])),
        ("K11", changed(), changed(fields__updated_at="created_at")),
        ("K1", changed(), changed(tickets__items="rows")),
    ],
    ids=["inclusive", "trail", "comments", "deleted", "params", "closed", "updated_at", "items"],
)
def test_the_kit_finds_what_a_description_gets_wrong(case: str, true: Description, wrong: Description) -> None:
    desk = dialect_for(options(true))
    wide = {"trail": true["profile"].get("trail", "2m")} if case == "K3" else {}

    class Told(Described):
        """The description that is wrong, judged by what the desk is."""

    kind = Told.of(options({**true, "profile": {**true["profile"], **wide}}))
    (outcome,) = run.run(kind, read_by(desk, wrong), [one for one in CASES if one.id == case])

    assert outcome.result == "failed", outcome
    assert outcome.why


def test_a_way_to_more_that_is_not_in_the_answer_costs_requests_and_loses_nothing() -> None:
    assert failures(changed(), read_by(DescribedDialect, changed(tickets__page__more="moar")), "K1 K7") == {}


BAD: list[tuple[Description, str, str]] = [
    (changed(ticket={}), "ticket", "Did you mean `tickets`?"),
    (changed(tickets__page__by="pages"), "tickets.page.by", "must be one of number, offset, link, next, none"),
    (changed(tickets__page={"by": "number"}), "tickets.page", "`by: number` needs `param`"),
    (changed(tickets__page={"by": "link", "param": "p"}), "tickets.page", "`param` has no meaning with `by: link`"),
    (changed(tickets__page={"by": "next", "param": "p"}), "tickets.page", "`by: next` needs `next`"),
    (changed(tickets__items=None), "tickets", "say in `items` where the list is"),
    (changed(tickets__path="tickets?all=1"), "tickets.path", "has not the form that is needed"),
    (changed(tickets__since__format="unix"), "tickets.since.format", "'unix' is none of iso, epoch, epoch_ms"),
    (changed(tickets__since__value=">=now"), "tickets.since.value", "it must hold {since} once"),
    (changed(tickets__since__format="%Y-%m-%d"), "", "cannot tell moments 1s apart"),
    (changed(tickets__since=None), "", "write `order: none` in `profile`"),
    (changed(fields__titel="t"), "fields.titel", "Did you mean `title`?"),
    (changed(fields__created_at=None), "fields.created_at", "is missing"),
    (changed(fields__url="//desk/{external_id}"), "fields.url", "an address begins with https://"),
    (changed(fields__url="https://desk/{id}"), "fields.url", "it must hold {external_id} once"),
    (changed(closed=None), "", "add `closed: [...]`"),
    (changed(fields__state=None), "", "say in `fields.state` where that is"),
    (changed(roles={"staff": ["agent"]}), "", "say in `fields.role` or `remarks.fields.role`"),
    (changed(deleted=None, profile__tombstones="listed"), "", "what a deleted ticket is known by"),
    (changed(deleted=None, profile__tombstones="census"), "", "needs `tickets.one`"),
    (changed(profile__tick="0s"), "profile.tick", "has not the form that is needed"),
    (changed(profile__window=10), "profile", "`window` is smaller than `page_size`"),
    (changed(remarks__path=None), "remarks", "say where the comments are"),
    (changed(remarks__path="/comments"), "remarks.path", "it must hold {external_id} once"),
    (changed(auth={"value": "Bearer abc"}), "auth.value", "it must hold {token} once"),
    (changed(auth={"basic": {"user": "a", "password": "b"}}), "auth.basic", "the secret belongs into `token`"),
    (changed(headers={"X-Api-Key": "abc"}), "headers", "describe it in `auth`"),
    (changed(auth={"header": "X-Key"}, token=None), "", "there is no `token`"),
    (changed(webhook_secrets=["${S}"]), "", "no webhooks are read"),
    (changed(deletions={}), "deletions", "say in what the list of deleted tickets differs"),
]


@pytest.mark.parametrize(("description", "key", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_a_bad_description_is_refused_with_the_key_and_the_remedy(
    description: Description, key: str, words: str, tmp_path: Path
) -> None:
    given = {**description, **({"token": "${TOKEN}"} if "token" in description else {})}
    file = tmp_path / "sources.yaml"
    file.write_text(yaml.safe_dump({"sources": [given]}))

    found = reader.validate(
        reader.read(file), DescribedOptions, ("sources", 0), environ={"TOKEN": "a secret", "S": "another secret"}
    )

    assert isinstance(found, list)
    assert [(f.key.removeprefix("sources[0]").lstrip("."), words in f.says) for f in found] == [(key, True)], found
    assert all(problem.line for problem in found)


def test_the_sample_promises_what_the_class_says_without_a_description() -> None:
    assert options(SAMPLE).promised() == Described.profile


def test_the_page_s_example_is_the_sample_that_the_kit_runs_on() -> None:
    text = PAGE.read_text("utf-8")
    (example,) = re.findall(r"^```yaml\nsources:\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (source,) = yaml.safe_load(example)

    described = DescribedOptions.model_validate(source)

    told = {name: getattr(described, name) for name in ("tickets", "profile", "closed", "deleted", "remarks")}
    assert told == {name: getattr(DescribedDialect.described, name) for name in told}


def test_the_page_names_every_key_of_a_description_and_every_key_says_what_it_is() -> None:
    text = PAGE.read_text("utf-8")

    keys = dict(_keys(DescribedOptions))

    assert [name for name in keys if f"`{name}`" not in text] == []
    assert [name for name, description in keys.items() if not description] == []


def _keys(model: Any) -> Iterator[tuple[str, str | None]]:
    for name, field in model.model_fields.items():
        yield name, field.description
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if hasattr(part, "model_fields"):
                yield from _keys(part)


# What the desk itself says.


@contextmanager
def desk(true: Description, told: Description | None = None) -> Iterator[tuple[Fake, Described]]:
    """The fake of a desk, and a connector that was told this of it."""
    dialect = read_by(dialect_for(options(true)), told or true)
    with quick(), running(dialect, World()) as fake:
        given = {"name": "acme", "kind": "rest", **fake.dialect.options()}
        with closing(Described.open(DescribedOptions.model_validate(given), Path())) as connector:
            fake.world.now = datetime.now(UTC)
            connector.clock = lambda: fake.world.now
            yield fake, connector


def test_check_is_content_with_a_desk_that_is_as_described() -> None:
    with desk(changed()) as (fake, connector):
        fake.world.say(fake.world.add(labels=("printer",)), "Me too.")

        assert connector.check() == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            changed(fields__account="customer"),
            "`fields.account`: none of 5 tickets has anything at `customer`; their keys",
        ),
        (changed(tickets__params={"state": "all"}), "do not come with the oldest change first, by `changed_at`"),
        (changed(tickets__since__param="since"), "`since` is not heeded"),
        (changed(tickets__page__param="p"), "the second page is the first one again"),
        (changed(remarks__items="posts"), "the comments of one ticket cannot be read"),
        (changed(remarks__path="/t/{external_id}/c"), "the comments of one ticket cannot be read"),
    ],
    ids=["field", "order", "since", "page", "comments", "comments path"],
)
def test_check_says_what_does_not_fit_the_desk(wrong: Description, words: str) -> None:
    with desk(changed(), wrong) as (fake, connector):
        for ticket in fake.world.seed(12):
            ticket.labels, ticket.created = ("printer",), ticket.created - timedelta(days=ticket.id % 3)

        assert any(words in problem for problem in connector.check()), connector.check()


def test_an_answer_without_the_list_names_the_way_to_it() -> None:
    with desk(changed(), changed(tickets__items="rows")) as (fake, connector):
        fake.world.add()

        with pytest.raises(SourceError, match=r"no list at `rows`\. Is `tickets.items` right\?") as failed:
            list(connector.pull({}))

    assert failed.value.permanent


def test_pages_that_promise_more_for_ever_end_in_an_error() -> None:
    with desk(changed(tickets__page__more="tickets_follow")) as (fake, connector):
        fake.trouble = lambda request, honest: honest(request).but(data={"tickets": [], "tickets_follow": True})

        with pytest.raises(SourceError, match="20 empty pages in a row"):
            list(connector.pull({}))


# What an item becomes.


def normalised(description: Description, item: Mapping[str, Any], **beside: Any) -> Any:
    with closing(Described.open(options(description), Path())) as connector:
        return connector.normalise({"in": "tickets", "item": item, **beside})


ITEM = {
    "id": 17,
    "title": "The printer jams",
    "body": "<p>Since <b>Monday</b>.</p>",
    "created_at": "2026-03-02T09:00:00Z",
    "changed_at": 1772528400,
    "state": "Solved",
    "author": {"name": "kim"},
    "company": "Fernhill",
    "labels": "printer, sev:1",
    "priority": "High",
    "url": "javascript:alert(1)",
}


def test_every_field_is_taken_from_where_the_description_says() -> None:
    description = changed(tags={"escalate": ["sev:1"], "mute": ["high"]}, author_role="customer")

    issue = normalised(description, ITEM)

    assert isinstance(issue, Issue)
    assert (issue.external_id, issue.title, issue.body) == ("17", "The printer jams", "Since Monday.")
    assert (issue.state, issue.closed_at) == ("closed", datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert (issue.author, issue.author_role, issue.account) == ("kim", "customer", "Fernhill")
    assert (issue.labels, issue.priority, issue.tags) == (("printer", "sev:1"), "High", {"escalate", "mute"})
    assert issue.url is None


def test_an_address_with_the_id_in_it_cannot_be_broken_out_of() -> None:
    description = changed(fields__url="https://desk.example/t/{external_id}")

    assert normalised(description, {**ITEM, "id": "../a?b"}).url == "https://desk.example/t/..%2Fa%3Fb"


@pytest.mark.parametrize("flag", [True, "true", "2026-03-03T09:00:00Z"])
def test_a_flag_or_a_time_of_deletion_is_a_deletion(flag: object) -> None:
    description = changed(fields__deleted="gone", deleted=None)

    assert isinstance(normalised(description, {**ITEM, "gone": flag}), Gone)
    assert isinstance(normalised(description, {**ITEM, "gone": None}), Issue)


@pytest.mark.parametrize(
    ("way", "value", "private"),
    [
        ("private", True, True),
        ("private", "1", True),
        ("private", "false", False),
        ("private", None, False),
        ("public", True, False),
        ("public", False, True),
        ("public", None, True),
    ],
)
def test_a_comment_is_internal_where_the_desk_says_so_or_does_not_say_that_it_is_public(
    way: str, value: object, private: bool
) -> None:
    fields = {"external_id": "id", "body": "body", "created_at": "at", way: "flag", "role": "by"}
    description = changed(remarks__fields=fields, roles={"staff": ["agent"]})
    said = {"id": 1, "body": "<p>No.</p>", "at": "2026-03-02T10:00:00Z", "flag": value, "by": "Agent"}

    (comment,) = normalised(description, ITEM, comments=[said]).comments

    assert (comment.private, comment.author_role, comment.body) == (private, "staff", "No.")
