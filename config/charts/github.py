"""GitHub: teams and members as its REST API gives them, in files, and CODEOWNERS files.

A file whose list has users is of the team that its name tells: `billing.json`, `billing.members.json`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from config.charts.chart import Chart, Claim, File, Ids, Person, Team, mailbox, numbered, shown, sound, unique, words
from config.charts.json_values import json_values
from config.document import Problem

_NAME: Final = re.compile(r"codeowners", re.IGNORECASE)
_SECTION: Final = re.compile(r"\^?\[[^\]]+\](?:\[[0-9]+\])?\s*(?P<owners>.*)")
_WORD: Final = re.compile(r"(?:\\.|\S)+")


def github(files: list[File]) -> Chart:
    """A chart of teams, their members and what CODEOWNERS files give them."""
    found = _Found()
    owners = [file for file in files if _NAME.search(file.name.replace("\\", "/").rpartition("/")[2])]
    for file in files:
        if file not in owners:
            found.read(file)
    for file in owners:
        found.own(file)
    return found.chart()


class _Found:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._teams: dict[str, dict[str, Any]] = {}
        self._people: dict[str, dict[str, Any]] = {}
        self._members: dict[str, dict[str, bool]] = {}
        """Login to the slugs of their teams, and whether they maintain it."""
        self._by_mail: dict[str, str] = {}
        self._owns: dict[str, list[Claim]] = {}
        self._place: dict[str, tuple[File, int]] = {}
        self._ids, self._team_ids = Ids(), Ids()

    def read(self, file: File) -> None:
        for line, item in json_values(file, self.problems):
            if not isinstance(item, dict):
                self.problems.append(file.problem(line, "", f"{shown(item)!r} is neither a team nor a user"))
            elif "login" in item:
                self._member(file, line, item, _team_of_file(file.name))
            elif "slug" in item or "name" in item:
                self._team(file, line, item)
            elif item and all(isinstance(each, list) for each in item.values()):
                for slug, users in item.items():
                    self._users(file, line, users, words(slug) or "")
            else:
                self.problems.append(file.problem(line, "", "is neither a team nor a user; it is set aside"))

    def _team(self, file: File, line: int, item: Mapping[str, Any]) -> None:
        slug = words(item.get("slug")) or words(item.get("name"))
        if slug is None:
            self.problems.append(file.problem(line, "", "a team has no slug; it is set aside"))
            return
        team = self._named(slug, file, line)
        team["name"] = words(item.get("name")) or slug
        parent = item.get("parent")
        above = words(parent.get("slug") or parent.get("name")) if isinstance(parent, dict) else words(parent)
        if above is not None:
            team["parent"] = above.casefold()
        self._users(file, line, item.get("members"), slug)

    def _users(self, file: File, line: int, users: Any, slug: str) -> None:
        for user in users if isinstance(users, list) else ():
            if isinstance(user, dict) and "login" in user:
                self._member(file, line, user, slug)
            else:
                self.problems.append(file.problem(line, slug, "has a member without a login; it is set aside"))

    def _member(self, file: File, line: int, item: Mapping[str, Any], slug: str) -> None:
        login = words(item.get("login"))
        if login is None or not slug:
            what = "a user has no login" if login is None else f"it is not known which team {shown(login)} is in"
            self.problems.append(file.problem(line, "", f"{what}; it is set aside"))
            return
        if words(item.get("type")) == "Bot":
            return
        key = login.casefold()
        person = self._people.setdefault(key, {"login": login, "source": file.source})
        self._place.setdefault(f"user {key}", (file, line))
        for name, value in (("name", words(item.get("name"))), ("email", mailbox(item.get("email")))):
            if value is not None:
                person.setdefault(name, value)
        if "email" in person:
            self._by_mail.setdefault(person["email"].casefold(), key)
        self._named(slug, file, line)
        maintains = words(item.get("role")) == "maintainer"
        mine = self._members.setdefault(key, {})
        mine[slug.casefold()] = mine.get(slug.casefold(), False) or maintains

    def _named(self, slug: str, file: File, line: int) -> dict[str, Any]:
        self._place.setdefault(f"slug {slug.casefold()}", (file, line))
        return self._teams.setdefault(slug.casefold(), {"slug": slug})

    # --- CODEOWNERS ---------------------------------------------------------------------------------------------------

    def own(self, file: File) -> None:
        """The last line that matches a file decides there, so a pattern that comes again replaces the first."""
        if not file.project:
            message = "it is not known which repository this is of; it is set aside"
            self.problems.append(
                file.problem(0, "", message, f"Write it before the file: owner/repository={file.name}")
            )
            return
        claims: dict[str, tuple[int, list[str]]] = {}
        for line, pattern, owners in _lines(file.text.removeprefix("\ufeff")):
            if not owners:
                message = "has no owner, and an exception cannot be told here; the line is set aside"
                self.problems.append(file.problem(line, pattern, message))
                continue
            if any(sign in pattern for sign in "[]!"):
                message = "has signs that CODEOWNERS does not allow; the line is set aside"
                self.problems.append(file.problem(line, pattern, message))
                continue
            if pattern in ("*", "/", "/*", "**", "/**"):
                if claims:
                    message = "is for every file and comes after others, so it wins over all of them"
                    self.problems.append(file.problem(line, pattern, message, "Put it first."))
                claims.clear()
            claims[_path(pattern)] = (line, owners)
        for path, (line, owners) in claims.items():
            self._claim(file, line, Claim(project=file.project, path=path or None), owners)

    def _claim(self, file: File, line: int, claim: Claim, owners: list[str]) -> None:
        slugs = [slug for owner in owners if (slug := self._owner(file, line, owner)) is not None]
        slugs = list(dict.fromkeys(slugs))
        if not slugs:
            return
        if len(slugs) > 1:
            message = f"has several owners; {slugs[0]} gets its issues"
            self.problems.append(file.problem(line, claim.path or "*", message, "Put first whom its issues concern."))
        self._named(slugs[0], file, line)
        self._owns.setdefault(slugs[0].casefold(), []).append(claim)

    def _owner(self, file: File, line: int, owner: str) -> str | None:
        """The slug of a team: a user stands for theirs."""
        if owner.startswith("@") and "/" in owner:
            return words(owner.rpartition("/")[2])
        if owner.startswith("@"):
            teams = self._members.get(owner[1:].casefold(), {})
        else:
            teams = self._members.get(self._by_mail.get(owner.casefold(), ""), {})
        if len(teams) == 1:
            return next(iter(teams))
        why = f"is in {len(teams)} teams" if teams else "is in no team here"
        message = f"the owner {shown(owner)} {why}; they are left out"
        self.problems.append(file.problem(line, owner, message, "Name the team: @organisation/team."))
        return None

    # --- what it comes to ---------------------------------------------------------------------------------------------

    def chart(self) -> Chart:
        lines: dict[str, tuple[File, int]] = {}
        people = []
        for key, person in self._people.items():
            name = self._ids.of(key, person["login"])
            lines[f"person {name}"] = self._place[f"user {key}"]
            accounts = {person["source"]: person["login"]} if person["source"] else {}
            team = self._team_ids.of(slug) if (slug := self._only(key)) is not None else None
            people.append(
                Person(id=name, name=person.get("name"), email=person.get("email"), team=team, accounts=accounts)
            )
        teams, leaders = [], self._leaders()
        for slug, team_ in self._teams.items():
            name = self._team_ids.of(slug)
            lines[f"team {name}"] = self._place[f"slug {slug}"]
            parent = self._team_ids.of(team_["parent"]) if "parent" in team_ else None
            owns = unique(self._owns.get(slug, ()))
            teams.append(Team(id=name, name=team_.get("name"), parent=parent, leader=leaders.get(slug), owns=owns))
        return sound(Chart(people=tuple(people), teams=tuple(teams), problems=tuple(self.problems)), lines)

    def _only(self, login: str) -> str | None:
        """The team of a user: the deepest; of several the first by name, and it is told."""
        mine = set(self._members.get(login, {}))
        above = {up for slug in mine for up in self._up(slug)}
        lowest = sorted(mine - above) or sorted(mine)
        if len(lowest) > 1:
            file, line = self._place[f"user {login}"]
            message = f"is in {len(lowest)} teams ({', '.join(lowest[:5])}); {lowest[0]} is taken"
            self.problems.append(file.problem(line, login, message, "Write `team:` for them in org.yaml."))
        return lowest[0] if lowest else None

    def _up(self, slug: str) -> Iterator[str]:
        seen = {slug}
        here = self._teams.get(slug, {}).get("parent")
        while here is not None and here not in seen:
            seen.add(here)
            yield here
            here = self._teams.get(here, {}).get("parent")

    def _leaders(self) -> dict[str, str]:
        """Team to its only maintainer."""
        maintainers: dict[str, list[str]] = {}
        for login, teams in self._members.items():
            for slug, maintains in teams.items():
                if maintains:
                    maintainers.setdefault(slug, []).append(login)
        for slug, logins in maintainers.items():
            if len(logins) > 1:
                file, line = self._place[f"slug {slug}"]
                message = f"has {len(logins)} maintainers; none is taken as its leader"
                self.problems.append(file.problem(line, slug, message, "Write `leader:` for it in org.yaml."))
        return {slug: self._ids.of(logins[0]) for slug, logins in maintainers.items() if len(logins) == 1}


def _team_of_file(name: str) -> str:
    """`exports/billing.members.json` is of billing."""
    return words(name.replace("\\", "/").rpartition("/")[2].partition(".")[0]) or ""


def _lines(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line, pattern and owners; owners of a GitLab section are those of its lines without any."""
    common: list[str] = []
    for line, whole in numbered(text):
        section = _SECTION.fullmatch(whole.strip())
        if section is not None:
            common = section["owners"].partition("#")[0].split()
            continue
        parts: list[str] = []
        for part in _WORD.findall(whole):
            if part.startswith("#"):
                break
            parts.append(part)
        if parts:
            yield line, re.sub(r"\\(.)", r"\1", parts[0]), parts[1:] or common


def _path(pattern: str) -> str:
    """A pattern of ours: in CODEOWNERS a slash within ties it to the root, but people name files from many roots."""
    path = words(pattern.rstrip("/")) or ""
    path = path.removesuffix("/**").removesuffix("/*") if "/" in path.strip("/") else path
    inner = path.strip("/")
    if inner in ("", "*", "**"):
        return ""
    return ("/" + inner if path.startswith("/") and "/" not in inner else inner)[:200].strip()
