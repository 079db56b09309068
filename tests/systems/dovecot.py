"""A real Dovecot on loopback, with its own configuration in a folder of its own; mails are put in by IMAP.

with dovecot() as server:
    server.deliver("INBOX", mail)
    server.options()   # of our connector
"""

import datetime
import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.local_servers import free_port

PASSWORD = 'a password with " quotes and \\ and ü'
BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
ACCOUNTS = 100

CONFIG = """
base_dir = {work}/run
state_dir = {work}/state
log_path = {work}/log
protocols = imap
listen = 127.0.0.1
instance_name = leafnotes-{port}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{work}/cert.pem
ssl_key = <{work}/key.pem
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_cache_size = 0
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = sdbox:{work}/mail/%u
mail_fsync = never
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {work}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={work}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Papierkorb {{
    special_use = \\Trash
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """One account of the running server; `imap` is a connection of the support team, who may change things."""

    work: Path
    user: str
    port: int
    tls_port: int
    imap: imaplib.IMAP4

    def options(self, **change: Any) -> dict[str, Any]:
        return {
            "name": "mailbox", "kind": "imap", "host": "127.0.0.1", "port": self.tls_port, "user": self.user,
            "password": PASSWORD, "ca_file": str(self.work / "cert.pem"), **change,
        }  # fmt: skip

    def set_password(self, password: str) -> None:
        """Dovecot looks at the file once a second: until then it still takes the old one."""
        users = (self.work / "users").read_text("utf-8")
        changed = users.replace(f"{self.user}:{PASSWORD}:", f"{self.user}:{password}:")
        (self.work / "users").write_text(changed, "utf-8")
        for _ in range(100):
            with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as asking:
                try:
                    asking.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
                except imaplib.IMAP4.error:
                    return
            time.sleep(0.05)
        raise RuntimeError("Dovecot does not take note of the new password")

    def deliver(self, folder: str, mail: bytes, received: datetime.datetime | None = None, flags: str = "") -> None:
        when = imaplib.Time2Internaldate(received) if received else None
        self._done(self.imap.append(f'"{folder}"', f"({flags})" if flags else None, when, mail))

    def make(self, folder: str) -> None:
        self._done(self.imap.create(f'"{folder}"'))

    def drop(self, folder: str) -> None:
        self._done(self.imap.delete(f'"{folder}"'))

    def uids(self, folder: str, criteria: str = "ALL") -> list[int]:
        self._done(self.imap.select(f'"{folder}"'))
        return [int(uid) for uid in self._done(self.imap.uid("SEARCH", criteria))[0].split()]

    def flag(self, folder: str, uid: int, change: str) -> None:
        """`change` as `+FLAGS (\\\\Answered)`."""
        self._done(self.imap.select(f'"{folder}"'))
        self._done(self.imap.uid("STORE", str(uid), *change.split(" ", 1)))

    def remove(self, folder: str, *uids: int) -> None:
        self._done(self.imap.select(f'"{folder}"'))
        self._done(self.imap.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", "(\\Deleted)"))
        self._done(self.imap.expunge())

    def move(self, folder: str, uid: int, to: str) -> None:
        self._done(self.imap.select(f'"{folder}"'))
        self._done(self.imap.uid("MOVE", str(uid), f'"{to}"'))

    @staticmethod
    def _done(answer: tuple[str, Any]) -> Any:
        assert answer[0] == "OK", answer
        return answer[1]


@contextmanager
def dovecot() -> Iterator[Iterator[Dovecot]]:
    """Accounts, each empty. Fails where Dovecot is not installed."""
    if BINARY is None:
        pytest.fail(
            "Dovecot is not installed (Debian: apt-get install dovecot-imapd), so no real IMAP server was asked"
        )
    work = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not below pytest's folders, which are closed to other users
    port, tls_port = free_port(), free_port()
    _configure(work, port, tls_port)
    with (work / "err").open("w") as said:
        process = subprocess.Popen([BINARY, "-F", "-c", work / "dovecot.conf"], stdout=said, stderr=said)
    teams: list[imaplib.IMAP4] = []

    def accounts() -> Iterator[Dovecot]:
        for number in range(ACCOUNTS):
            teams.append(_connect(port, f"support{number}", process, work))
            yield Dovecot(work, f"support{number}", port, tls_port, teams[-1])

    try:
        yield accounts()
    finally:
        for team in teams:
            with suppress(OSError, imaplib.IMAP4.error):
                team.logout()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(work, ignore_errors=True)


def _configure(work: Path, port: int, tls_port: int) -> None:
    """As root Dovecot wants a user without rights for its mail; as anybody else all of it runs as they."""
    work.chmod(0o755)
    root = os.getuid() == 0
    owner = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.getuid())
    for name in ("run", "state", "mail", "home"):
        (work / name).mkdir()
        os.chown(work / name, 0 if root and name == "run" else owner.pw_uid, owner.pw_gid)
    _certificate(work)
    users = (f"support{number}:{PASSWORD}:::::\n" for number in range(ACCOUNTS))
    (work / "users").write_text("".join(users), "utf-8")
    group = grp.getgrgid(owner.pw_gid).gr_name
    (work / "dovecot.conf").write_text(
        CONFIG.format(
            work=work, port=port, tls_port=tls_port, user=owner.pw_name, group=group,
            uid=owner.pw_uid, gid=owner.pw_gid,
        )
    )  # fmt: skip


def _certificate(work: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (work / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (work / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _connect(port: int, user: str, process: "subprocess.Popen[bytes]", work: Path) -> imaplib.IMAP4:
    end = time.monotonic() + 15
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, imaplib.IMAP4.error):
            team = imaplib.IMAP4("127.0.0.1", port, timeout=10)
            team.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            return team
        time.sleep(0.05)
    said = "\n".join(file.read_text()[-1500:] for file in (work / "err", work / "log") if file.exists())
    raise RuntimeError(f"Dovecot does not answer: {said}")
