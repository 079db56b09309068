"""Where letters go: a mail server, or the files of a folder."""

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

import structlog

from connectors.smtp import Folder, Outcome, Smtp
from pipeline.forgetting import Eraser
from pipeline.letters import Letter
from pipeline.store.forgotten import names_in_mail

log = structlog.get_logger()


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


@dataclass(slots=True)
class SentLog:
    """Which mails a mail server took, by Message-ID, in a file that no copy of the database brings back.

    One line each, only ever added; it says nothing about whom or what. Several processes may write it.
    """

    path: Path
    _known: dict[str, str] = field(default_factory=dict)
    _read_to: int = 0

    def when(self, message_id: str) -> str | None:
        """When a mail was taken; None where nothing says that it was. Raises `OSError`."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < self._read_to:  # somebody put another file in its place
                self._known, self._read_to = {}, 0
            file.seek(self._read_to)
            for line in file:
                if line.endswith(b"\n"):
                    at, _, name = line.decode(errors="replace").strip().partition(" ")
                    self._known[name] = at
                    self._read_to += len(line)
        return self._known.get(message_id)

    def add(self, message_id: str) -> None:
        """On the disk before this returns. Raises `OSError`."""
        line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {message_id}\n".encode()
        held = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(held, line)
            os.fsync(held)
        finally:
            os.close(held)


@dataclass(frozen=True, slots=True)
class LoggedSender:
    """Hands nothing over that the log says was taken: the database may be an older copy, or a worker have died."""

    sender: Sender
    log: SentLog

    @property
    def safe_to_repeat(self) -> bool:
        return self.sender.safe_to_repeat

    def send(self, letter: Letter) -> Outcome:
        message_id = str(BytesHeaderParser().parsebytes(letter.message).get("Message-ID", "")).strip()
        try:
            taken = self.log.when(message_id)
        except OSError as error:
            alarm = f"nothing is sent while the log of sent mails cannot be read: {self.log.path}: {error.strerror}"
            return Outcome("deferred", alarm, alarm)
        if taken is not None:
            says = f"not sent again: the mail server took it at {taken}, says {self.log.path.name}"
            return Outcome("accepted", says, says)
        outcome = self.sender.send(letter)
        if outcome.kind == "accepted":
            self._keep(message_id)
        return outcome

    def _keep(self, message_id: str) -> None:
        try:
            self.log.add(message_id)
        except OSError as error:
            log.error("log of sent mails cannot be written", path=str(self.log.path), reason=str(error.strerror))


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
