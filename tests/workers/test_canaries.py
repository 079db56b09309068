"""Every secret that a deployment is given is a canary, everything goes wrong that can, and nothing that is printed,
logged, shown, mailed or kept holds one of them: as it is, or in an encoding."""

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from traceback import format_exception
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import redis
import requests
import yaml
from click.testing import CliRunner
from sqlalchemy import make_url

from pipeline.store import db
from tests import local_servers
from tests.connectors.scripted_smtp import scripted
from tests.connectors.stage import LoopbackServer
from tests.workers import forgettable, processes, small
from workers.cli import main

pytestmark = pytest.mark.slow

SOURCES: dict[str, dict[str, Any]] = {
    "github": {"repos": ["a/b"]},
    "jira": {"email": "bot@x.example"},
    "zendesk": {"email": "bot@x.example"},
    "gitlab": {"projects": ["a/b"]},
    "freshdesk": {},
    "linear": {},
    "intercom": {},
    "redmine": {},
    "zammad": {},
    "rt": {},
}
SECRETS = (
    *(f"token_{kind}" for kind in SOURCES),
    "webhook_one", "webhook_two", "imap", "inbox", "smtp", "database", "broker", "key", "oidc", "model",
)  # fmt: skip
CANARY = {name: f"cAn+/{base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()[:38]}" for name in SECRETS}


PART = 24
"""Letters of a canary that are no chance."""


def forms(secret: str) -> set[str]:
    """A secret as it is and as programs write it, and the greater part of it, as where somebody cut a text."""
    shown = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        secret.encode().hex(),
        repr(secret)[1:-1],
    }
    for before in range(3):  # wherever it begins in a longer text
        octets = base64.b64encode(b"x" * before + secret.encode()).decode()
        kept = octets[4 if before else 0 : -4]
        shown |= {kept, kept.replace("+", "-").replace("/", "_")}
    parts = {part for form in shown for part in (form[:PART], form[-PART:])}
    return {one for form in parts for one in (form, form.casefold())}


def found(said: dict[str, str]) -> list[str]:
    return sorted(
        f"{name} in {where}"
        for where, what in said.items()
        for name, secret in CANARY.items()
        if any(form in what for form in forms(secret))
    )


class _Echo(BaseHTTPRequestHandler):
    """Says back everything that it was sent, with whatever status its path asks for."""

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode("utf-8", "replace")
        kind = self.path.split("/")[1]
        back = f"{self.path} {dict(self.headers)} {sent}"
        answer: dict[str, Any] = {
            "message": back,
            "error": back,
            "errors": [back],
            "errorMessages": [back],
            "title": back,
        }
        status = {"github": 401, "jira": 403, "zendesk": 401, "gitlab": 200, "linear": 400, "rt": 404}.get(kind, 401)
        if self.path.endswith("openid-configuration"):
            base = f"http://{self.headers['Host']}/oidc"
            status, answer = 200, {
                "issuer": base, "authorization_endpoint": f"{base}/auth", "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys", "id_token_signing_alg_values_supported": ["RS256"],
            }  # fmt: skip
        if self.path == "/oidc/keys":
            status, answer = 200, {"keys": []}
        body = json.dumps(answer).encode()
        self.send_response(status, back[:200].replace("\n", " "))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()


@contextmanager
def echo() -> Iterator[str]:
    server = LoopbackServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@contextmanager
def lines() -> Iterator[int]:
    """An IMAP server that refuses every login with the line that it got."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk(line: socket.socket) -> None:
        with line, line.makefile("rwb") as file:
            file.write(b"* OK ready\r\n")
            file.flush()
            for said in file:
                tag, _, rest = said.strip().partition(b" ")
                good = rest.upper().startswith(b"CAPABILITY")
                file.write(
                    b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"
                    if good
                    else tag + b" NO " + said.strip() + b"\r\n"
                )
                file.flush()

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def deployment(directory: Path, url: str, imap: int) -> Path:
    small.organisation(directory, small.subscribers())
    sources = yaml.safe_load((directory / "sources.yaml").read_text())["sources"]
    for kind, options in SOURCES.items():
        entry = {"name": f"s-{kind}", "kind": kind, "base_url": f"{url}/{kind}", "token": f"${{CANARY_TOKEN_{kind}}}"}
        sources.append({**entry, **options})
    sources[1]["webhook_secrets"] = ["${CANARY_WEBHOOK_ONE}", "${CANARY_WEBHOOK_TWO}"]
    box = {"host": "127.0.0.1", "port": imap, "tls": "no", "user": "leaf"}
    sources.append({"name": "s-imap", "kind": "imap", **box, "password": "${CANARY_IMAP}"})
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}))
    (directory / "settings.yaml").write_text(
        yaml.safe_dump(
            {
                **small.SETTINGS,
                "mail": {
                    "from": "Leaf notes <notes@rosta.example>",
                    "replies": "reply@rosta.example",
                    "inbox": {**box, "password": "${CANARY_INBOX}"},
                },
                "language_model": {"base_url": f"{url}/model", "model": "m", "api_key": "${CANARY_MODEL}"},
                "web": {"oidc": {"issuer": f"{url}/oidc", "client_id": "leaf", "client_secret": "${CANARY_OIDC}"}},
            }
        )
    )
    return directory


def environment(directory: Path, database: str, broker: str, mail: str, web: str) -> dict[str, str]:
    given = {f"CANARY_{name if name.startswith('token') else name.upper()}": secret for name, secret in CANARY.items()}
    given = {name.replace("CANARY_token", "CANARY_TOKEN"): secret for name, secret in given.items()}
    return {
        **given,
        "LEAFNOTES_CONFIG": str(directory),
        "LEAFNOTES_DATABASE_URL": database,
        "LEAFNOTES_BROKER_URL": broker,
        "LEAFNOTES_SMTP_URL": mail,
        "LEAFNOTES_SECRET_KEY": CANARY["key"],
        "LEAFNOTES_PUBLIC_URL": web,
    }


def pages(url: str) -> dict[str, str]:
    """What the web process says to whoever knocks at the wrong door."""
    said = {}
    browser = requests.Session()
    for path in (
        "/",
        "/triage",
        "/operators",
        "/answer/x.y",
        "/login",
        "/login/back?code=1&state=2",
        "/hooks/s-github",
    ):
        answer = browser.get(url + path, timeout=30, allow_redirects=False)
        said[f"GET {path}"] = f"{dict(answer.headers)} {answer.text}"
    back = urlsplit(browser.get(f"{url}/login", timeout=30, allow_redirects=False).headers["Location"]).query
    state = dict(part.split("=") for part in back.split("&"))["state"]
    answer = browser.get(f"{url}/login/back", params={"code": "c", "state": state}, timeout=30)
    said["a code that the provider refuses"] = f"{dict(answer.headers)} {answer.text}"
    for signature in ("", "sha256=00"):
        headers = {"X-Hub-Signature-256": signature, "X-GitHub-Delivery": "1", "X-GitHub-Event": "issues"}
        answer = requests.post(f"{url}/hooks/s-github", data=b"{}", headers=headers, timeout=30)
        said[f"a webhook signed {signature!r}"] = f"{dict(answer.headers)} {answer.text}"
    return said


def test_the_search_finds_what_it_looks_for() -> None:
    secret = CANARY["smtp"]
    plain = base64.b64encode(b"\0user\0" + secret.encode()).decode()

    shown = (
        secret,
        quote(secret),
        json.dumps(secret),
        plain,
        f"Basic {base64.b64encode(b'u:' + secret.encode()).decode()}",
    )

    assert [found({"x": one}) for one in shown] == [["smtp in x"]] * len(shown)
    assert len(CANARY) >= 20
    assert found({"x": "cAn+/"}) == []


def test_no_secret_is_printed_logged_shown_mailed_or_kept(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, str] = {}
    refused = base64.b64encode(f"\0u\0{CANARY['smtp']}".encode()).decode()
    web = f"http://127.0.0.1:{local_servers.free_port()}"
    password = quote(CANARY["database"], safe="")
    database = make_url(postgres_url).set(password=CANARY["database"]).render_as_string(hide_password=False)
    database = database.replace("postgresql+psycopg", "postgresql")
    with (
        echo() as url,
        lines() as imap,
        scripted({"auth": f"535 5.7.8 no such login: {refused} {CANARY['smtp']}"}) as post,
        local_servers.valkey("--requirepass", CANARY["broker"]) as bare,
    ):
        where = urlsplit(bare)
        broker = f"redis://:{quote(CANARY['broker'], safe='')}@127.0.0.1:{where.port}/0"
        directory = deployment(tmp_path / "rosta", url, imap)
        mail = f"smtp://u:{quote(CANARY['smtp'], safe='')}@127.0.0.1:{post.port}?starttls=no"
        right = environment(directory, database, broker, mail, web)
        wrong = f"redis://:{quote(CANARY['broker'], safe='')}x@127.0.0.1:{where.port}/0"
        away = f"postgresql://u:{password}@127.0.0.1:{local_servers.free_port()}/x?connect_timeout=1"

        def run(name: str, *words: str, **changed: str) -> None:
            with monkeypatch.context() as here:
                for variable, value in {**right, **changed}.items():
                    here.setenv(variable, value)
                result = CliRunner().invoke(main, ["--config", str(directory), "-v", "--as-of", small.DUE, *words])
            trouble = "".join(format_exception(result.exception)) if result.exception else ""
            said[name] = f"{result.output}\n{trouble}"

        run("check", "check")
        run("pull", "pull")
        run("run", "run", "--once")
        run("status", "status", "--json")
        run("no database", "status", LEAFNOTES_DATABASE_URL=away)
        run("no database for a worker", "worker", LEAFNOTES_DATABASE_URL=away)
        run("no broker", "worker", LEAFNOTES_BROKER_URL=wrong)
        run("weak key", "worker", LEAFNOTES_SECRET_KEY=CANARY["key"][:20])
        commands = [("-v", "--as-of", small.DUE, *words) for words in (("worker",), ("beat",))]
        log, served = (
            tmp_path / "fleet.log",
            ("-v", "--as-of", small.DUE, "web", "--listen", web.removeprefix("http://")),
        )
        with processes.fleet(log, right, *commands, served):
            client = redis.Redis(port=where.port or 0, password=CANARY["broker"])
            processes.wait_until("a page", lambda: _answers(web), log)
            processes.wait_until("a failed pull by the worker", lambda: "source failed" in log.read_text(), log)
            said |= pages(web)
            for key in client.keys("*"):
                said[f"redis {key!r}"] = (client.dump(key) or b"").decode("latin-1")
            client.close()
        said["fleet"] = log.read_text(errors="replace")
        said["mails"] = "\n".join([str(kept) for kept in post.kept])
    engine = db.connect(postgres_url)
    with db.reading(engine) as session:
        said |= {f"database {n} {where}": what for n, (where, what) in enumerate(forgettable.dump(session))}
    engine.dispose()
    said |= {f"file {path.name}": path.read_text(errors="replace") for path in directory.rglob("*") if path.is_file()}

    assert "401" in said["pull"] or "refuses" in said["pull"]
    assert found(said) == []


def _answers(web: str) -> bool:
    try:
        return requests.get(f"{web}/alive", timeout=5).ok
    except requests.ConnectionError:
        return False
