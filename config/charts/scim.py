"""SCIM 2.0 (RFC 7643, 7644): the ListResponse of Users and of Groups, with the manager of the enterprise extension."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from config.charts.chart import Chart, File, mailbox, words, zone
from config.charts.json_values import json_values
from config.charts.people import Entry, tree
from config.document import Problem

ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def scim(files: list[File]) -> Chart:
    """A chart of users and groups, in one file or several. Who is not active is left out."""
    problems: list[Problem] = []
    users: list[tuple[Entry, str | None]] = []
    groups: dict[str, tuple[str, Mapping[str, Any]]] = {}
    away: set[str] = set()
    for file in files:
        for line, item in json_values(file, problems):
            key = words(item.get("id")) if isinstance(item, dict) else None
            if key is None:
                problems.append(file.problem(line, "", "a resource has no id; it is set aside", "Is it SCIM?"))
            elif "userName" in item or _type(item) == "User":
                if item.get("active") is False:
                    away.add(key)
                else:
                    users.append(_user(file, line, key, item))
            elif "displayName" in item or _type(item) == "Group":
                groups[key] = (words(item.get("displayName")) or key, item)
            else:
                problems.append(file.problem(line, key, "is neither a User nor a Group; it is set aside"))
    known = {entry.key for entry, _ in users}
    above, member_of = _groups(groups, users, known, away, problems, files)
    entries = [_placed(entry, department, member_of.get(entry.key, []), problems) for entry, department in users]
    return tree([_without(entry, away, problems) for entry in entries], problems, above=above)


def _type(item: Mapping[str, Any]) -> str | None:
    meta = item.get("meta")
    return words(meta.get("resourceType")) if isinstance(meta, dict) else None


def _user(file: File, line: int, key: str, item: Mapping[str, Any]) -> tuple[Entry, str | None]:
    """The user, and the department that the extension tells."""
    told = item.get(ENTERPRISE)
    extension = told if isinstance(told, dict) else {}
    entry = Entry(
        file=file,
        line=line,
        key=key,
        id=_login(item),
        name=_name(item),
        email=_email(item),
        timezone=zone(item.get("timezone")),
        manager=_manager(extension.get("manager")),
    )
    return entry, words(extension.get("department"))


def _login(item: Mapping[str, Any]) -> str | None:
    login = words(item.get("userName"))
    return login.partition("@")[0] or None if login else None


def _name(item: Mapping[str, Any]) -> str | None:
    name = item.get("name")
    parts = name if isinstance(name, dict) else {}
    spelt = " ".join(part for key in ("givenName", "familyName") if (part := words(parts.get(key))))
    return words(item.get("displayName")) or words(parts.get("formatted")) or spelt or None


def _email(item: Mapping[str, Any]) -> str | None:
    """The primary address, then one of work, then any; the user name where it is one."""
    told = item.get("emails")
    emails = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    emails.sort(key=lambda each: (each.get("primary") is not True, each.get("type") != "work"))
    values = [mailbox(each.get("value")) for each in emails]
    return next(filter(None, values), None) or mailbox(item.get("userName"))


def _manager(told: Any) -> str | None:
    """The manager's id: `manager.value`, or the end of `manager.$ref`; some servers give the id alone."""
    if isinstance(told, list):
        told = told[0] if told else None
    if not isinstance(told, dict):
        return words(told)
    link = words(told.get("$ref"))
    return words(told.get("value")) or (link.rstrip("/").rpartition("/")[2] or None if link else None)


def _groups(
    groups: Mapping[str, tuple[str, Mapping[str, Any]]],
    users: list[tuple[Entry, str | None]],
    known: set[str],
    away: set[str],
    problems: list[Problem],
    files: list[File],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Group name to the one above; user to the names of their groups."""
    above: dict[str, str] = {}
    member_of: dict[str, list[str]] = defaultdict(list)
    strangers = 0
    for name, item in groups.values():
        told = item.get("members")
        for member in told if isinstance(told, list) else ():
            key = words(member.get("value")) if isinstance(member, dict) else None
            if key in known:
                member_of[key or ""].append(name)
            elif key in groups:
                above.setdefault(groups[key or ""][0], name)
            elif key not in away:
                strangers += 1
    if strangers:
        message = f"{strangers} members of groups are neither users nor groups here"
        problems.append(files[0].problem(0, "", message, "Export all users too."))
    return above, dict(member_of)


def _placed(entry: Entry, department: str | None, groups: list[str], problems: list[Problem]) -> Entry:
    """With the team: the only group; of several the one called as the department; the department; the manager's."""
    groups = list(dict.fromkeys(groups))
    same = [name for name in groups if department and name.casefold() == department.casefold()]
    if len(groups) > 1 and not same and not department:
        some = ", ".join(groups[:5])
        problems.append(entry.problem(f"is in {len(groups)} groups ({some}) and has no department; none is taken"))
    team = groups[0] if len(groups) == 1 else (same[0] if same else department)
    return replace(entry, team=team)


def _without(entry: Entry, away: set[str], problems: list[Problem]) -> Entry:
    if entry.manager is None or entry.manager not in away:
        return entry
    problems.append(entry.problem("has a manager who is not active; none is taken", "Give them another manager."))
    return replace(entry, manager=None)
