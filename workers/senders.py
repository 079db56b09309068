"""Where letters go: a mail server, or the files of a folder."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

from connectors.smtp import Folder, Outcome, Smtp
from pipeline.forgetting import Eraser
from pipeline.steps import Letter
from pipeline.store.forgotten import names_in_mail


class Sender(Protocol):
    """Where letters go. `safe_to_repeat`: handing the same letter over twice leaves one."""

    @property
    def safe_to_repeat(self) -> bool: ...
    def send(self, letter: Letter) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class SmtpSender:
    smtp: Smtp
    safe_to_repeat: bool = False

    def send(self, letter: Letter) -> Outcome:
        return self.smtp.send(letter.message, parseaddr(letter.envelope or letter.sender)[1], letter.recipient)


@dataclass(frozen=True, slots=True)
class FolderSender:
    """Without a mail server: LEADER.eml, .html, .txt and .json in a folder of the week."""

    directory: Path
    safe_to_repeat: bool = True

    def send(self, letter: Letter) -> Outcome:
        week, _, leader = letter.name.rpartition("/")
        folder = self.directory / week
        try:
            write(folder, leader, letter.document, letter.text, letter.html)
        except OSError as error:
            alarm = f"cannot write digests into {folder}: {error.strerror or error}"
            return Outcome("deferred", alarm, alarm)
        return Folder(folder).send(letter.message, letter.sender, letter.recipient, name=leader)


def erase(directory: Path, found: Eraser) -> int:
    """Delete the digests of a folder, and of those below it, that name somebody forgotten; how many there were."""
    files: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".eml", ".html", ".txt", ".json") and path.is_file():
            files[path.with_suffix("")].append(path)
    count = 0
    for stem, paths in files.items():
        named = any(found.who.person(part) for part in stem.name.split("."))
        if named or any(_names(path, found) for path in paths):
            count += 1
            for path in paths:
                path.unlink()
    return count


def _names(path: Path, found: Eraser) -> bool:
    if path.suffix == ".eml":
        return names_in_mail(found, path.read_bytes())
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".json":
        return found.said(text) != text
    document = json.loads(text)
    return bool(found.json(document) != document)


def write(folder: Path, leader: str, document: Mapping[str, Any], text: str, html: str) -> None:
    """A digest as the three files that people and programs open."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{leader}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / f"{leader}.txt").write_text(text, encoding="utf-8")
    (folder / f"{leader}.html").write_text(html, encoding="utf-8")
