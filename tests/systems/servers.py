"""A real Redmine and a real Request Tracker of the Debian packages, on loopback, each with a database of its own.

    with redmine(tmp_path, issues=1000) as server: ...
    with request_tracker(tmp_path, tickets=1000, zone="America/Los_Angeles") as server: ...

Nothing of an installation is touched: the packages' code is run with a database and a port that are ours. What a server
holds is read from its database, past its API.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from connectors.base import Connector, Cursor
from connectors.kit.bench import Shelf
from pipeline.issue import Gone
from tests.local_servers import free_port

REDMINE = Path("/usr/share/redmine")
RT = Path("/usr/share/request-tracker5/libexec/rt-server")
RT_SETUP = shutil.which("rt-setup-database", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WEBRICK = Path("/usr/share/rubygems-integration/all/gems")
TIED = range(301, 601)
"""Tickets that changed in one and the same second: three pages of them."""


class Held(NamedTuple):
    """A ticket as its server holds it."""

    title: str
    state: str
    changed: datetime


@dataclass
class Server:
    url: str
    database: Path
    options: Mapping[str, Any]
    call: Callable[[str, str, Any], Any]
    """(method, path, body) as somebody who may do everything."""
    log: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()


@dataclass
class Follower:
    """What the core keeps of a source, by the core's rules, pull by pull."""

    connector: type[Connector[Any]]
    options: Mapping[str, Any]
    shelf: Shelf = field(default_factory=Shelf)
    cursor: Cursor = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[Connector[Any]]:
        given = {"name": "real", "kind": self.connector.kind, **self.options}
        with closing(self.connector.open(self.connector.Options.model_validate(given), Path("."))) as connector:
            yield connector

    def pull(self, between: Callable[[int], None] = lambda page: None) -> None:
        """One pull; `between` is called after each page with its number."""
        with self.opened() as connector:
            for number, page in enumerate(connector.pull(self.cursor), 1):
                self.shelf.take(connector, page)
                self.cursor = json.loads(json.dumps(page.cursor))
                between(number)

    def reconcile(self) -> None:
        """What a census no longer names, and a probe says is gone, is gone."""
        with self.opened() as connector:
            named = set(connector.census() or ())
            for key in set(self.shelf.living) - named:
                if connector.covers(key) and connector.probe(key) == "deleted":
                    self.shelf.gone[key] = Gone(external_id=key, at=datetime.now(UTC))

    def holds(self) -> dict[str, Held]:
        living = self.shelf.living.values()
        return {i.external_id: Held(i.title, i.state, i.updated_at.replace(microsecond=0)) for i in living}

    def said(self) -> dict[str, set[str]]:
        """The comments on what lives."""
        found = {key: {c.body for c in said.values()} for key, said in self.shelf.comments.items()}
        return {key: bodies for key, bodies in found.items() if bodies and key in self.shelf.living}


def stamp(number: int) -> datetime:
    """When a seeded ticket changed last: one every seven minutes, but for those that are tied."""
    first = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=10)
    return first + timedelta(minutes=7 * (TIED.start if number in TIED else number))


@contextmanager
def redmine(work: Path, issues: int) -> Iterator[Server]:
    """A Redmine with a private project and a reader who is a member of it. Fails where the package is not installed."""
    webrick = next(WEBRICK.glob("webrick-*/lib"), None)
    if not (REDMINE / "config.ru").exists() or shutil.which("bundle") is None or webrick is None:
        pytest.fail("no Redmine here: apt-get install redmine redmine-sqlite ruby-webrick")
    database, port = work / "redmine.db", free_port()
    for folder in ("config", "log", "tmp/cache", "files"):
        (work / "instance" / folder).mkdir(parents=True)
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "RAILS_ENV": "production",
        # Debian keeps instances side by side, by name; ours is in a folder of ours, from wherever they are.
        "REDMINE_INSTANCE": "../" * 9 + str(work / "instance").lstrip("/"),
        "DATABASE_URL": f"sqlite3:{database}",
        "SECRET_KEY_BASE": "0" * 64,
        "RAILS_LOG_TO_STDOUT": "1",
        "REDMINE_LANG": "en",
        "SCHEMA": str(work / "schema.rb"),
        "RUBYLIB": str(webrick),
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "PORT": str(port),
        "COUNT": str(issues),
        "KEYS": str(work / "keys.json"),
    }
    log = work / "redmine.log"
    (work / "seed.rb").write_text(REDMINE_SEED, "utf-8")
    (work / "serve.rb").write_text(REDMINE_SERVE, "utf-8")
    for command in (
        ["rake", "db:migrate"],
        ["rake", "redmine:load_default_data"],
        ["rails", "runner", str(work / "seed.rb")],
    ):
        _run(["bundle", "exec", *command], env, log, REDMINE)
    with closing(sqlite3.connect(database)) as connection, connection:
        for number in range(1, issues + 1):
            at = f"{stamp(number):%Y-%m-%d %H:%M:%S}.{number * 997 % 1_000_000:06}"
            connection.execute("update issues set created_on = ?, updated_on = ? where id = ?", (at, at, number))
    keys = json.loads((work / "keys.json").read_text("utf-8"))
    url = f"http://127.0.0.1:{port}"
    with _serving(["bundle", "exec", "rails", "runner", str(work / "serve.rb")], env, log, REDMINE, url):
        yield Server(
            url,
            database,
            {"base_url": url, "token": keys["reader"]},
            lambda method, path, body: _call(method, url + path, {"X-Redmine-API-Key": keys["admin"]}, body),
            log,
        )


@contextmanager
def request_tracker(work: Path, tickets: int, zone: str) -> Iterator[Server]:
    """An RT with a reader whose preferences name `zone`. Fails where the package is not installed."""
    if not RT.exists() or RT_SETUP is None:
        pytest.fail("no Request Tracker here: apt-get install request-tracker5 rt5-db-sqlite rt5-standalone")
    database, port, log = work / "rt.db", free_port(), work / "rt.log"
    url = f"http://127.0.0.1:{port}"
    (work / "conf.d").mkdir()
    (work / "site.pm").write_text(RT_SITE.format(database=database, port=port), "utf-8")
    (work / "seed.pl").write_text(RT_SEED, "utf-8")
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "RT_SITE_CONFIG": str(work / "site.pm"),
        "RT_SITE_CONFIG_DIR": str(work / "conf.d"),
        "TZ": "UTC",
        "LANG": "C.UTF-8",
    }
    _run([RT_SETUP, "--action", "init", "--skip-create"], env, log, work)
    _run(["perl", str(work / "seed.pl"), str(tickets), zone, str(work / "keys.json")], env, log, work)
    with closing(sqlite3.connect(database)) as connection, connection:
        for number in range(1, tickets + 1):
            at = f"{stamp(number):%Y-%m-%d %H:%M:%S}"
            connection.execute("update Tickets set Created = ?, LastUpdated = ? where id = ?", (at, at, number))
    keys = json.loads((work / "keys.json").read_text("utf-8"))
    serve = [str(RT), "--server", "HTTP::Server::PSGI", "--host", "127.0.0.1", "--port", str(port)]
    with _serving(serve, env, log, work, url):
        yield Server(
            url,
            database,
            {"base_url": url, "token": keys["reader"], "zone": zone},
            lambda method, path, body: _call(
                method, f"{url}/REST/2.0{path}", {"Authorization": f"token {keys['root']}"}, body
            ),
            log,
        )


def _run(command: list[str], env: Mapping[str, str], log: Path, folder: Path) -> None:
    with log.open("ab") as out:
        done = subprocess.run(["nice", *command], env=env, cwd=folder, stdout=out, stderr=out, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{log.read_text('utf-8')[-2000:]}")


@contextmanager
def _serving(command: list[str], env: Mapping[str, str], log: Path, folder: Path, url: str) -> Iterator[None]:
    with log.open("ab") as out:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=out, stderr=out, start_new_session=True)
    try:
        _answers(server, url, log)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def _answers(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        with suppress(URLError, OSError), urlopen(url, timeout=30):
            return
        time.sleep(0.5)
    raise RuntimeError(f"{url} does not answer:\n{log.read_text('utf-8')[-2000:]}")


def _call(method: str, url: str, headers: Mapping[str, str], body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {**headers, "Content-Type": "application/json"}, method=method)
    try:
        with urlopen(request, timeout=60) as answer:
            content = answer.read()
    except HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read()[:300]!r}") from None
    return json.loads(content) if content.strip() else None


REDMINE_SEED = """
ActiveRecord::Base.logger = nil
Setting.rest_api_enabled = '1'
Setting.notified_events = []
admin = User.find_by_login('admin')
reader = User.new(firstname: 'Rea', lastname: 'Der', mail: 'reader@example.com', language: 'en')
reader.login = 'reader'
reader.password = 'a long password'
reader.save!
reader.pref.time_zone = 'Pacific Time (US & Canada)'
reader.pref.save!
project = Project.create!(name: 'Printers', identifier: 'printers', is_public: false, trackers: Tracker.all,
                          enabled_module_names: ['issue_tracking'])
Member.create!(project: project, principal: reader, roles: [Role.find_by_name('Manager')])
states = [IssueStatus.find_by_name('New'), IssueStatus.find_by_name('Closed')]
ActiveRecord::Base.transaction do
  ENV['COUNT'].to_i.times do |n|
    Issue.create!(project: project, tracker: Tracker.first, author: admin, subject: "Printer #{n + 1} jams",
                  description: "It *jams*.", status: states[n % 5 == 0 ? 1 : 0], priority: IssuePriority.default)
  end
end
File.write(ENV['KEYS'], { reader: reader.api_key, admin: admin.api_key }.to_json)
"""

REDMINE_SERVE = """
require 'rack/handler/webrick'
ActiveRecord::Base.logger = nil
Rack::Handler::WEBrick.run(Rails.application, Host: '127.0.0.1', Port: ENV.fetch('PORT').to_i, AccessLog: [])
"""

RT_SITE = """
Set($rtname, 'kit');
Set($Organization, 'kit');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($Timezone, 'UTC');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{database}');
Set($LogToSyslog, undef);
Set($LogToFile, undef);
Set($LogToSTDERR, 'error');
Set($MailCommand, 'testfile');
1;
"""

RT_SEED = """
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;
RT::LoadConfig();
RT::Init();
use JSON;
my ($count, $zone, $keys) = @ARGV;
my $system = RT->SystemUser;
my $scrips = RT::Scrips->new($system);
$scrips->UnLimit;
while (my $scrip = $scrips->Next) { $scrip->SetDisabled(1) }
my $reader = RT::User->new($system);
$reader->Create(Name => 'reader', Privileged => 1);
$reader->SetTimezone($zone);
for my $right (qw(ShowTicket SeeQueue ShowTicketComments SeeCustomField)) {
    my ($ok, $why) = $reader->PrincipalObj->GrantRight(Right => $right, Object => RT->System);
    die "$right: $why" unless $ok;
}
my $root = RT::User->new($system);
$root->Load('root');
my %token;
for my $user ($root, $reader) {
    my ($ok, $why, $token) = RT::AuthToken->new($system)->Create(Owner => $user->Id, Description => 'kit');
    die $why unless $ok;
    $token{ $user->Name } = $token;
}
$RT::Handle->BeginTransaction;
for my $n (1 .. $count) {
    my $ticket = RT::Ticket->new($system);
    my $words = MIME::Entity->build(Type => 'text/plain', Data => ["Printer $n jams and we wait.\\n"]);
    my ($id, undef, $why) = $ticket->Create(
        Queue => 'General', Subject => "Printer $n jams", Requestor => 'kim@example.com', MIMEObj => $words,
        Status => $n % 5 ? 'open' : 'resolved',
    );
    die $why unless $id;
}
$RT::Handle->Commit;
open(my $out, '>', $keys) or die $!;
print $out encode_json(\\%token);
"""
