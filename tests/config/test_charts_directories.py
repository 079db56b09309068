"""SCIM and LDIF: directories of people with their managers and groups."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.charts import Chart
from config.charts.ldif import ldif
from config.charts.scim import ENTERPRISE, scim
from tests.config.charted import file, members, said, tree
from tests.effort import grows_in_step


def user(number: int, manager: int | None = None, department: str | None = None, **more: Any) -> dict[str, Any]:
    extension: dict[str, Any] = {"department": department} if department else {}
    if manager is not None:
        extension["manager"] = {"value": f"id-{manager}", "displayName": "Somebody"}
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": f"id-{number}",
        "userName": f"user{number}@rosta.example",
        "name": {"givenName": "User", "familyName": str(number)},
        "emails": [
            {"value": f"u{number}@home.example", "type": "home"},
            {"value": f"user{number}@rosta.example", "primary": True},
        ],
        "active": True,
        ENTERPRISE: extension,
        **more,
    }  # fmt: skip


def group(name: str, *members: str) -> dict[str, Any]:
    return {"id": f"g-{name}", "displayName": name, "members": [{"value": member} for member in members]}


def listed(*resources: Any) -> str:
    head = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": len(resources)}
    return json.dumps({**head, "Resources": list(resources)}, indent=1)


def read_scim(*resources: Any) -> Chart:
    return scim([file(listed(*resources), "users.json")])


def test_managers_and_departments_of_scim_are_the_tree() -> None:
    chart = read_scim(user(1), user(2, 1, "Roasting"), user(3, 2, "Roasting"), user(4, 2, "Roasting"))

    assert tree(chart) == {"user1-team": (None, "user1"), "roasting": ("user1-team", "user2")}
    assert chart.people[0].email == "user1@rosta.example"
    assert chart.people[0].name == "User 1"
    assert said(chart) == []


def test_the_only_group_of_a_user_is_their_team_and_groups_lie_in_groups() -> None:
    chart = read_scim(user(1), user(2, 1), group("Vans", "id-2", "id-1"), group("All of Rosta", "g-Vans"))

    assert tree(chart) == {"vans": ("all-of-rosta", "user1"), "all-of-rosta": (None, None)}


def test_who_is_not_active_is_left_out() -> None:
    chart = read_scim(user(1, active=False), user(2, 1))

    assert members(chart) == {"user2": None}
    assert any("has a manager who is not active" in line for line in said(chart))


def test_pages_in_several_files_are_one_chart() -> None:
    chart = scim([file(listed(user(2, 1)), "2.json"), file(listed(user(1)), "1.json")])

    assert members(chart) == {"user2": "user1-team", "user1": None}


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (user(1, 9), "users.json:7: User 1: has the manager id-9, who is not in the file"),
        ({"userName": "x"}, "a resource has no id; it is set aside"),
        ({"id": "x"}, "x: is neither a User nor a Group; it is set aside"),
        (group("A", "nobody"), "1 members of groups are neither users nor groups here"),
        (user(1, 1), "is their own manager"),
        (user(1, emails=[], userName="u1"), "has no e-mail address"),
    ],
)
def test_what_cannot_be_used_of_scim_is_said(resource: Any, told: str) -> None:
    assert [line for line in said(read_scim(resource, user(5))) if told in line]


def test_a_user_in_many_groups_without_a_department_is_told_of() -> None:
    chart = read_scim(user(1), user(2, 1), group("vpn", "id-2"), group("wiki", "id-2"))

    assert members(chart)["user2"] == "user1-team"
    assert any("is in 2 groups (vpn, wiki) and has no department" in line for line in said(chart))


KIT = base64.b64encode("Kit Börger".encode()).decode()
LDAP = f"""\
version: 1

# the head
dn: uid=noor,ou=people,dc=rosta,dc=example
objectClass: inetOrgPerson
uid: noor
cn: Noor Aziz
mail: noor@rosta.example

dn: uid=kit,ou=people,dc=rosta,dc=example
objectClass: inetOrgPerson
uid: kit
cn:: {KIT}
mail: kit@rosta.example
manager: UID=noor, OU=people, DC=rosta,
  DC=example
memberOf: cn=Roasting,ou=groups,dc=rosta,dc=example

dn: uid=ana,ou=people,dc=rosta,dc=example
objectClass: inetOrgPerson
uid: ana
mail: ana@rosta.example
manager: uid=kit,ou=people,dc=rosta,dc=example

dn: cn=Roasting,ou=groups,dc=rosta,dc=example
objectClass: groupOfNames
cn: Roasting
member: uid=ana,ou=people,dc=rosta,dc=example

dn: cn=Gone,ou=people,dc=rosta,dc=example
objectClass: user
userAccountControl: 514
mail: gone@rosta.example
"""


def read_ldif(text: str) -> Chart:
    return ldif([file(text, "people.ldif")])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_managers_and_groups_of_an_ldap_export_are_the_tree(end: str) -> None:
    chart = read_ldif(LDAP.replace("\n", end))

    assert tree(chart) == {"noor-team": (None, "noor"), "roasting": ("noor-team", "kit")}
    assert members(chart) == {"noor": None, "kit": "roasting", "ana": "roasting"}
    assert {person.id: person.name for person in chart.people}["kit"] == "Kit Börger"
    assert said(chart) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dn: uid=a\nobjectClass: person\nmanager: uid=x\n", "people.ldif:1: uid=a: has the manager uid=x, who is not"),
        ("dn: uid=a\nmail: a@x.example\njpegPhoto:< file:///x\n", "people.ldif:3: jpegPhoto:< file:///x: is not an"),
        ("dn: uid=a\nmail:: ????\nobjectClass: person\n", "people.ldif:2: mail:: ????: is not an attribute"),
        ("dn: uid=a\nchangetype: delete\n", "people.ldif:1: uid=a: is a change, not an entry; it is set aside"),
        ("uid: a\n\ndn: uid=b\nmail: b@x.example\n", "people.ldif:1: an entry does not begin with `dn:`"),
        ("", "there is nobody in what was read"),
    ],
)
def test_what_cannot_be_used_of_ldif_is_said(text: str, told: str) -> None:
    assert [line for line in said(read_ldif(text)) if told in line]


@pytest.mark.parametrize("kind", ["scim", "ldif"])
def test_ten_times_the_people_take_about_ten_times_as_long(kind: str) -> None:
    def text(count: int) -> str:
        if kind == "scim":
            return json.dumps({"Resources": [user(n, n // 9 if n else None) for n in range(count)]})
        return "".join(
            f"dn: uid=u{n},dc=x\nobjectClass: person\nuid: u{n}\nmail: u{n}@x.example\nmanager: uid=u{n // 9},dc=x\n\n"
            for n in range(count)
        )

    def import_(count: int) -> None:
        chart = read_ldif(text(count)) if kind == "ldif" else scim([file(text(count))])
        assert len(chart.people) == count

    grows_in_step(import_, 1_000)


_KEYS = [
    "id",
    "userName",
    "members",
    "value",
    "emails",
    "name",
    "Resources",
    "active",
    "displayName",
    ENTERPRISE,
    "manager",
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_KEYS), inner),
)
_LINES = st.sampled_from(
    ["dn: a", "dn: b", "", " folded", "manager: a", "manager: b", "mail: a@b.c", "member: b", "objectClass: group",
     "objectClass: person", "memberOf: b", "uid: a", ":", "x:: !", "#", "changetype: add"]
)  # fmt: skip


@given(st.text() | _JSON.map(json.dumps))
def test_any_text_is_a_chart_or_problems_for_scim(text: str) -> None:
    scim([file(text)])


@given(st.text() | st.lists(_LINES).map("\n".join))
def test_any_text_is_a_chart_or_problems_for_ldif(text: str) -> None:
    ldif([file(text)])
