"""LDIF (RFC 2849) of an LDAP directory or Active Directory: people with manager, and groups with their members."""

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from config.charts.chart import Chart, File, mailbox, numbered, shown, words
from config.charts.people import Entry, tree
from config.document import Problem

_GROUPS: Final = frozenset({"group", "groupofnames", "groupofuniquenames", "posixgroup", "groupofurls"})
_PEOPLE: Final = frozenset({"person", "inetorgperson", "organizationalperson", "user", "posixaccount"})
_DISABLED: Final = 2
"""The bit of userAccountControl that Active Directory sets for accounts that are switched off."""


@dataclass(frozen=True, slots=True)
class _Record:
    file: File
    line: int
    dn: str
    values: Mapping[str, list[str]]

    def first(self, *names: str) -> str | None:
        return next((found for name in names for value in self.values.get(name, ()) if (found := words(value))), None)

    def every(self, *names: str) -> list[str]:
        return [value for name in names for value in self.values.get(name, ())]

    @property
    def key(self) -> str:
        return _dn(self.dn)

    @property
    def classes(self) -> set[str]:
        return {each.casefold() for each in self.values.get("objectclass", ())}


def ldif(files: list[File]) -> Chart:
    """A chart of the people in an export. Disabled accounts are left out."""
    problems: list[Problem] = []
    people: dict[str, _Record] = {}
    groups: dict[str, _Record] = {}
    for file in files:
        for record in _records(file, problems):
            if record.classes & _GROUPS:
                groups[record.key] = record
            elif (record.classes & _PEOPLE or "mail" in record.values) and _is_on(record):
                people.setdefault(record.key, record)
    names = {key: record.first("cn", "displayname") or shown(record.dn) for key, record in groups.items()}
    above, member_of = _members(people, groups, names)
    return tree([_entry(record, member_of[key], problems) for key, record in people.items()], problems, above=above)


def _is_on(record: _Record) -> bool:
    flags = record.first("useraccountcontrol") or "0"
    return not (re.fullmatch(r"[0-9]{1,12}", flags) and int(flags) & _DISABLED)


def _entry(record: _Record, groups: list[str], problems: list[Problem]) -> Entry:
    manager = record.first("manager")
    department = record.first("department", "departmentnumber")
    same = [name for name in groups if department and name.casefold() == department.casefold()]
    entry = Entry(
        file=record.file,
        line=record.line,
        key=record.key,
        id=record.first("uid", "samaccountname"),
        name=record.first("displayname", "cn"),
        email=mailbox(record.first("mail")),
        team=groups[0] if len(groups) == 1 else (same[0] if same else department),
        manager=_dn(manager) if manager else None,
    )
    if len(groups) > 1 and entry.team is None:
        some = ", ".join(groups[:5])
        problems.append(entry.problem(f"is in {len(groups)} groups ({some}) and has no department; none is taken"))
    return entry


def _members(
    people: Mapping[str, _Record], groups: Mapping[str, _Record], names: Mapping[str, str]
) -> tuple[dict[str, str], defaultdict[str, list[str]]]:
    """Group name to the one above; person to the names of their groups, from either side's attributes."""
    by_login = {login: key for key, record in people.items() if (login := record.first("uid", "samaccountname"))}
    inside: defaultdict[str, dict[str, None]] = defaultdict(dict)
    above: dict[str, str] = {}
    for key, record in groups.items():
        members = [_dn(dn) for dn in record.every("member", "uniquemember")]
        members += [by_login[login] for login in record.every("memberuid") if login in by_login]
        for member in members:
            if member in people:
                inside[member][names[key]] = None
            elif member in groups and member != key:
                above.setdefault(names[member], names[key])
        for parent in record.every("memberof"):
            if _dn(parent) in groups and _dn(parent) != key:
                above.setdefault(names[key], names[_dn(parent)])
    for key, record in people.items():
        for parent in record.every("memberof"):
            inside[key][names.get(_dn(parent)) or _common_name(parent)] = None
    return above, defaultdict(list, {key: list(found) for key, found in inside.items()})


def _dn(text: str) -> str:
    """A distinguished name as it is compared: case and blanks around commas and equals signs do not count."""
    return re.sub(r"\s*([,=+])\s*", r"\1", words(text) or "").casefold()


def _common_name(dn: str) -> str:
    first = re.match(r"\s*[\w.-]+\s*=\s*((?:\\.|[^,\\])+)", dn)
    return shown(re.sub(r"\\(.)", r"\1", first[1]) if first else dn)


def _records(file: File, problems: list[Problem]) -> Iterator[_Record]:
    dn, start = "", 0
    values: defaultdict[str, list[str]] = defaultdict(list)
    for line, text in (*_unfolded(file.text.removeprefix("\ufeff")), (0, "")):
        if not text:
            if dn and "changetype" in values:
                problems.append(
                    file.problem(start, dn, "is a change, not an entry; it is set aside", "Export entries.")
                )
            elif dn:
                yield _Record(file, start, dn, dict(values))
            elif set(values) - {"version", "search", "result"}:
                problems.append(file.problem(start, "", "an entry does not begin with `dn:`; it is set aside"))
            dn, start, values = "", 0, defaultdict(list)
            continue
        start = start or line
        found = _attribute(text)
        if found is None:
            problems.append(file.problem(line, text, "is not an attribute with its value; the line is set aside"))
        elif found[0] == "dn":
            dn = found[1]
        else:
            values[found[0]].append(found[1])


def _attribute(text: str) -> tuple[str, str] | None:
    """Name without options, and value; None for what is neither plain nor base64, such as `attribute:< file`."""
    name, colon, value = text.partition(":")
    name = name.partition(";")[0].strip().casefold()
    if not colon or not name or value.startswith("<"):
        return None
    if not value.startswith(":"):
        return name, value.strip()
    try:
        return name, base64.b64decode(value[1:].strip(), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return None


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with what was folded put together again, without comments."""
    start, parts = 0, [""]
    for line, part in numbered(text):
        if part.startswith(" ") and start:
            parts.append(part[1:])
            continue
        whole = "".join(parts)
        if start and not whole.startswith("#"):
            yield start, whole
        start, parts = line, [part]
    whole = "".join(parts)
    if not whole.startswith("#"):
        yield start, whole
