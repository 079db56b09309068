"""The demo's deployment behind a real web process: what a leader, an engineer and a scanner reach over HTTP."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.local_servers import free_port
from tests.workers import processes

AS_OF = "2026-09-22T13:00:00+01:00"
"""An hour after the demo's last mail: every link is still good, and what was escalated has climbed."""
MUCH_LATER = "2026-12-01T12:00:00+00:00"
"""When every link of the demo has ended."""
LINK = re.compile(r"https?://[^\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it was written: where it lies, and what it says in both forms."""

    path: Path
    message: EmailMessage

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"{self.name} has no {kind} part"
        return str(part.get_content())

    @property
    def links(self) -> list[str]:
        """Every address that somebody, or a program, finds in it: both forms and the headers."""
        headers = "\n".join(str(value) for value in self.message.values())
        return sorted(set(LINK.findall(f"{self.text}\n{self.html}\n{headers}")))


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment on disk, and the address at which its web process is, or would be, reached."""

    directory: Path
    url: str

    @property
    def database(self) -> Path:
        return self.directory / "leafnotes.db"

    @property
    def environment(self) -> dict[str, str]:
        lines = (self.directory / "demo.env").read_text().splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)

    def mails(self) -> list[Mail]:
        """Every mail that it has written, those of both weeks and the calls."""
        parser = BytesParser(_class=EmailMessage, policy=policy.default)
        paths = sorted((self.directory / "digests").rglob("*.eml"))
        return [Mail(path, parser.parsebytes(path.read_bytes())) for path in paths]

    def mail(self, name: str) -> Mail:
        return next(mail for mail in self.mails() if mail.name == name)

    def link(self, *words: str) -> str:
        """What a command prints: a link to sign in with, to an author's page, to speak up."""
        return self.say(*words).strip().splitlines()[-1]

    def say(self, *words: str, as_of: str = AS_OF) -> str:
        command = [*processes.COMMAND, "--config", str(self.directory), "--as-of", as_of, *words]
        done = subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def made(directory: Path) -> Deployed:
    """The demo, with a page to speak up on, at an address of its own."""
    url = f"http://127.0.0.1:{free_port()}"
    directory.mkdir(parents=True)
    key = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"
    (directory / "demo.env").write_text(f"export LEAFNOTES_PUBLIC_URL={url}\nexport LEAFNOTES_SECRET_KEY={key}\n")
    done = subprocess.run(
        [*processes.COMMAND, "demo", "--out", str(directory)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sources: dict[str, Any] = yaml.safe_load((directory / "sources.yaml").read_text())
    sources["sources"].append({"name": "voices", "kind": "speak-up"})
    (directory / "sources.yaml").write_text(yaml.safe_dump(sources, sort_keys=False))
    return Deployed(directory, url)


def copied(original: Deployed, directory: Path) -> Deployed:
    """The same deployment for one test alone, at another address; its mails name that one."""
    shutil.copytree(original.directory, directory)
    copy = Deployed(directory, f"http://127.0.0.1:{free_port()}")
    for path in (directory / "demo.env", *(directory / "digests").rglob("*.*")):
        path.write_bytes(_wherever(original.url).sub(copy.url.encode(), path.read_bytes()))
    return copy


def _wherever(url: str) -> re.Pattern[bytes]:
    """An address in a file, also where quoted-printable has broken its line."""
    return re.compile(rb"(?:=\r?\n)?".join(re.escape(bytes([byte])) for byte in url.encode()))


@contextmanager
def served(deployed: Deployed, as_of: str = AS_OF) -> Iterator[Deployed]:
    """The deployment's own web process, for as long as this holds."""
    log, listen = deployed.directory / "web.log", deployed.url.removeprefix("http://")
    command = ("--config", str(deployed.directory), "--as-of", as_of, "web", "--listen", listen)
    with processes.fleet(log, deployed.environment, command):
        processes.wait_until("the web process's first answer", lambda: _alive(deployed), log)
        yield deployed


def _alive(deployed: Deployed) -> bool:
    try:
        return requests.get(f"{deployed.url}/alive", timeout=5).ok
    except requests.ConnectionError:
        return False
