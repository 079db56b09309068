"""Mail out: to an SMTP server, or into a folder where none is configured.

One recipient a transaction, the envelope always explicit, and every way to fail told apart: what the server refused
before it had the mail is safe to try again, what broke after the final dot is not known (RFC 1047).
"""

import base64
import hashlib
import os
import re
import smtplib
import socket
import ssl
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Literal, Self, get_args
from urllib.parse import parse_qsl, quote, unquote, urlsplit

Kind = Literal["accepted", "deferred", "rejected", "unknown"]
Tls = Literal["required", "optional", "no"]

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z0-9-]+")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_OURS = frozenset({530, 534, 535, 538})
"""Replies about logging in and encryption: wrong between the server and us, whatever the mail."""
_LONGEST_REPLY = 500
_GOODBYE = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail: `kind` decides what happens next, `reply` is for people.

    `alarm` is set where an operator has to put something right and the mail itself is fine.
    """

    kind: Kind
    reply: str
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `says` describes the way out, `problem` is None where mails can leave by it."""

    says: str
    problem: str | None = None


class MailUrlError(ValueError):
    """The URL of the mail server cannot be used. The message never repeats what was in it."""


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int
    implicit_tls: bool
    starttls: Tls
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    loopback: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class _FailedError(Exception):
    """The transaction ended early. `again`: the line was lost before the server had seen anything of the mail."""

    def __init__(self, outcome: Outcome, *, again: bool = False) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome
        self.again = again


class Smtp:
    """A mail server, by URL: `smtp://user:password@host:port?starttls=required`, or `smtps://` for TLS from the start.

    `starttls` is `required` (the default), `optional` or `no` (the default on loopback). A `with` block keeps one
    connection for many mails and renews it when the server hangs up; otherwise it is used again for a mail that comes
    within `keep` seconds of the last one, and each later mail connects. `timeout` is for one step, in seconds; the
    answer to the final dot is waited for twice as long. Not for use by two threads at once.
    """

    safe_to_repeat: ClassVar[bool] = False

    def __init__(
        self, url: str, timeout: float = 30.0, *, tls: ssl.SSLContext | None = None, keep: float = 0.0
    ) -> None:
        self._server = _parse(url)
        self._timeout = timeout
        self._tls = tls
        self._client: smtplib.SMTP | None = None
        self._end: weakref.finalize[[], Smtp] | None = None
        self._keep = False
        self._lasts = keep
        self._used = 0.0

    def __repr__(self) -> str:
        return f"Smtp({self._server}, starttls={self._server.starttls})"

    def __enter__(self) -> Self:
        self._keep = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keep = False
        self._hang_up()

    def send(self, message: bytes, sender: str, recipient: str) -> Outcome:
        """Hand over one mail. Never raises for what a server, line or address does; addresses may be `Name <a@b>`."""
        origin, target = _address(sender), _address(recipient)
        if target is None:
            return Outcome("rejected", f"{recipient!a} is not an address that mail can be sent to")
        if origin is None:
            alarm = f"the sender {sender!a} is not an e-mail address"
            return Outcome("deferred", alarm, alarm)
        # A bare line feed before a dot is how one mail is smuggled into another: every line end becomes CRLF.
        content = _LINE_END.sub(b"\r\n", message)
        content += b"" if content.endswith(b"\r\n") else b"\r\n"
        wire = _LINE_START_DOT.sub(b"..", content) + b".\r\n"
        if not self._keep and time.monotonic() - self._used >= self._lasts:
            self._hang_up()
        try:
            outcome = self._transact(wire, len(content), origin, target)
        except BaseException:
            self._drop()  # broken off somewhere in the dialogue: the next mail would read this one's answers
            raise
        self._used = time.monotonic()
        if not self._keep and not self._lasts:
            self._hang_up()
        return outcome

    def check(self) -> Finding:
        """Connect, encrypt and log in as a mail would, send nothing, and say what was found."""
        self._hang_up()
        try:
            client = self._connect()
        except _FailedError as failed:
            problem = failed.outcome.alarm or failed.outcome.reply
            return Finding(f"mail server {self._server}", f"mail server {self._server}: {problem}")
        says = [f"mail server {self._server} answers", _encryption(client)]
        if self._server.user is not None:
            says.append("login accepted")
        if (size := client.esmtp_features.get("size", "")).isdigit() and int(size):
            says.append(f"mails up to {int(size) // 1024:,} kB")
        self._client = client
        self._hang_up()
        return Finding(", ".join(says))

    def _transact(self, wire: bytes, size: int, origin: str, target: str) -> Outcome:
        reused = self._client is not None
        try:
            return self._hand_over(wire, size, origin, target)
        except _FailedError as failed:
            if not (reused and failed.again):
                return failed.outcome
        # A kept connection had gone stale. Nothing of the mail was on it, so a new one is safe.
        try:
            return self._hand_over(wire, size, origin, target)
        except _FailedError as failed:
            return failed.outcome

    def _hand_over(self, wire: bytes, size: int, origin: str, target: str) -> Outcome:
        if self._client is None:
            self._client = self._connect()
            self._end = weakref.finalize(
                self, self._client.close
            )  # whoever kept it may be gone before it is used again
        client = self._client
        announced = f" SIZE={size}" if client.has_extn("size") else ""
        self._ask(client, "MAIL", f"FROM:<{origin}>{announced}", (2,))
        self._ask(client, "RCPT", f"TO:<{target}>", (2,))
        self._ask(client, "DATA", "", (3,))
        return self._content(client, wire)

    def _ask(self, client: smtplib.SMTP, verb: str, rest: str, wanted: tuple[int, ...]) -> None:
        """One command before the content. Whatever goes wrong here, the server has no mail of ours."""
        try:
            code, text = client.docmd(verb, rest)
        except smtplib.SMTPResponseException as error:
            code, text = -1, _bytes(error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _FailedError(self._lost(verb, error), again=True) from None
        if code // 100 in wanted:
            return
        outcome = self._refused(verb, code, text)
        # A reply that fits no command means that the two sides no longer agree on where they are.
        # One that is tired of a connection ("too many mails in this session") says so at the next mail's beginning.
        tired = code == 421 or (verb == "MAIL" and code // 100 == 4)
        if tired or not 400 <= code < 600:
            self._drop()
            raise _FailedError(outcome, again=tired)
        self._reset(client)
        raise _FailedError(outcome)

    def _content(self, client: smtplib.SMTP, wire: bytes) -> Outcome:
        line = _socket(client)
        try:
            line.sendall(wire)
        except OSError as error:
            # The last bytes, the dot among them, never left: the server cannot have the whole mail. It may say so.
            said = self._last_words(client)
            self._drop()
            return said or self._lost("DATA", error)
        try:
            line.settimeout(2 * self._timeout)
            code, text = client.getreply()
            line.settimeout(self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("unknown", f"no answer to the final dot: {self._reason(error)}")
        return self._judge(client, code, text)

    def _judge(self, client: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        """The reply to the final dot. A plain refusal means that the server has no mail, a strange reply nothing."""
        if code // 100 == 2:
            return Outcome("accepted", self._said(code, text))
        if not 400 <= code < 600:
            self._drop()
            return Outcome("unknown", f"answer to the final dot: {self._said(code, text)}")
        if code == 421:
            self._drop()
        return self._refused("the final dot", code, text)

    def _last_words(self, client: smtplib.SMTP) -> Outcome | None:
        """A server that refuses in mid-content (too large, say) answers and hangs up; its answer may still be there."""
        try:
            _socket(client).settimeout(min(self._timeout, _GOODBYE))
            code, text = client.getreply()
        except (OSError, smtplib.SMTPException):
            return None
        return self._refused("DATA", code, text) if 400 <= code < 600 else None

    def _connect(self) -> smtplib.SMTP:
        server, step = self._server, "connecting"
        client: smtplib.SMTP | None = None
        try:
            client = self._open()
            step = "EHLO"
            self._greet(client)
            step = "STARTTLS"
            self._encrypt(client)
            step = "AUTH"
            self._log_in(client)
        except smtplib.SMTPResponseException as error:
            failure = self._refused(step, error.smtp_code, _bytes(error.smtp_error))
        except ssl.SSLError as error:
            failure = self._broken(f"no encrypted connection to {server}: {self._reason(error)}")
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            failure = self._lost(step, error)
        except _FailedError as failed:
            failure = failed.outcome
        else:
            return client
        if client is not None:
            client.close()
        raise _FailedError(failure)

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.implicit_tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname="localhost", timeout=self._timeout, context=self._context()
            )
        else:
            client = smtplib.SMTP(server.host, server.port, local_hostname="localhost", timeout=self._timeout)
        line = _socket(client)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.local_hostname = _own_name(line)
        return client

    def _greet(self, client: smtplib.SMTP) -> None:
        code, text = client.ehlo()
        if code // 100 == 5:
            code, text = client.helo()
        if code // 100 != 2:
            raise smtplib.SMTPHeloError(code, text)

    def _encrypt(self, client: smtplib.SMTP) -> None:
        server = self._server
        if server.implicit_tls or server.starttls == "no":
            return
        if client.has_extn("starttls"):
            client.starttls(context=self._context())
            self._greet(client)
        elif server.starttls == "required":
            raise _FailedError(self._broken(f"{server} offers no STARTTLS, and with starttls=required nothing is sent"))
        elif server.user is not None and not server.loopback:
            raise _FailedError(self._broken(f"{server} offers no STARTTLS, and the password is not sent in the clear"))

    def _log_in(self, client: smtplib.SMTP) -> None:
        server = self._server
        if server.user is None:
            return
        try:
            client.login(server.user, server.password or "")
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
            raise
        except (smtplib.SMTPException, ValueError) as error:
            # ValueError: the library can only send ASCII, and its message would repeat a character of the password.
            why = "user name and password must be ASCII" if isinstance(error, ValueError) else self._reason(error)
            raise _FailedError(self._broken(f"cannot log in at {server}: {why}")) from None

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    def _refused(self, step: str, code: int, text: bytes) -> Outcome:
        said = f"{self._said(code, text)} (at {step})"
        if code // 100 == 5 and (step in ("connecting", "EHLO", "STARTTLS", "AUTH") or code in _OURS):
            return self._broken(f"{self._server} refused {step}: {self._said(code, text)}")
        return Outcome("rejected" if code // 100 == 5 else "deferred", said)

    def _broken(self, alarm: str) -> Outcome:
        """Something between the server and us that a person has to put right: the mail waits."""
        return Outcome("deferred", alarm, alarm)

    def _lost(self, step: str, error: Exception) -> Outcome:
        return Outcome("deferred", f"lost the connection to {self._server} at {step}: {self._reason(error)}")

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return "timed out"
        return self._clean(str(error) or type(error).__name__)

    def _said(self, code: int, text: bytes) -> str:
        reply = self._clean(text.decode("utf-8", "replace"))
        return f"{code} {reply}".strip() if code >= 0 else f"not an SMTP reply: {reply}"

    def _clean(self, reply: str) -> str:
        """A server's words, fit to be stored and shown: one line, and without the credentials that it may echo."""
        for secret in self._secrets():
            reply = reply.replace(secret, "***")
        return " ".join("".join(c if c.isprintable() else " " for c in reply).split())[:_LONGEST_REPLY]

    def _secrets(self) -> Iterator[str]:
        user, password = self._server.user or "", self._server.password or ""
        for secret in (f"\0{user}\0{password}", password, user):
            if secret.strip("\0"):
                yield base64.b64encode(secret.encode()).decode()
                yield secret

    def _reset(self, client: smtplib.SMTP) -> None:
        try:
            code, _ = client.rset()
        except (OSError, smtplib.SMTPException):
            code = -1
        if code // 100 != 2:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        if self._end is not None:
            self._end.detach()

    def _hang_up(self) -> None:
        """Say goodbye. What is accepted stays accepted, whatever happens to the connection now."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException):
                _socket(self._client).settimeout(min(self._timeout, _GOODBYE))
                self._client.quit()
            self._drop()


class Folder:
    """Mails as files: what is used where no mail server is configured. Writing one twice leaves the same one file."""

    safe_to_repeat: ClassVar[bool] = True

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def __repr__(self) -> str:
        return f"Folder({str(self._path)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: bytes, sender: str, recipient: str, *, name: str | None = None) -> Outcome:
        """Write `<name>.eml`, whole or not at all. `name` may have folders in it; without one it is the Message-ID."""
        steps = [_file_name(step) for step in (name or "").split("/") if step]
        steps = steps or [_file_name(_identity(message))]
        target = self._path.joinpath(*steps[:-1], f"{steps[-1]}.eml")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, message)
        except OSError as error:
            alarm = f"cannot write mails into {self._path}: {error.strerror or error}"
            return Outcome("deferred", alarm, alarm)
        return Outcome("accepted", f"written to {target}")

    def check(self) -> Finding:
        says = f"no mail server: mails are written to {self._path}"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._path):
                return Finding(says)
        except OSError as error:
            return Finding(says, f"cannot write mails into {self._path}: {error.strerror or error}")


def _write(target: Path, message: bytes) -> None:
    """Through a temporary file beside it; on the disk before it is called accepted."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o640)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _file_name(step: str) -> str:
    """One step of a path that cannot lead out of the folder, hide in it, or be too long for it."""
    safe = quote(step, safe="@+ ", errors="replace")
    safe = f"%2E{safe[1:]}" if safe.startswith(".") else safe
    return safe if len(safe) <= 200 else f"{safe[:160]}.{hashlib.sha256(safe.encode()).hexdigest()[:24]}"


def _identity(message: bytes) -> str:
    """The Message-ID without its brackets, or a hash of the mail where it has none."""
    head = message.partition(b"\r\n\r\n")[0]
    found = re.search(rb"(?im)^message-id:[ \t]*<([^<>/\s]+)>", head)
    return found[1].decode("ascii", "replace") if found else hashlib.sha256(message).hexdigest()[:32]


def _parse(url: str) -> _Server:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        # The library's own message would repeat a part of the password.
        raise MailUrlError("the mail server's URL cannot be read; percent-encode user name and password") from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise MailUrlError("the mail server's URL must look like smtp://user:password@host:port or smtps://...")
    if parts.path.strip("/") or parts.fragment:
        raise MailUrlError("the mail server's URL goes on after the port; percent-encode user name and password")
    user = unquote(parts.username) if parts.username else None
    implicit, loopback = parts.scheme == "smtps", _is_loopback(host)
    return _Server(
        host=host,
        port=port or (465 if implicit else 587 if user else 25),
        implicit_tls=implicit,
        starttls=_starttls(parts.query, "no" if loopback else "required"),
        user=user,
        password=unquote(parts.password) if parts.password else None,
        loopback=loopback,
    )


def _starttls(query: str, default: Tls) -> Tls:
    options = dict(parse_qsl(query, keep_blank_values=True))
    wanted = options.pop("starttls", default)
    if options:
        raise MailUrlError("the only option of the mail server's URL is starttls=required, optional or no")
    for known in get_args(Tls):
        if wanted == known:
            return known  # type: ignore[no-any-return]
    raise MailUrlError("starttls in the mail server's URL is required, optional or no")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(value: str) -> str | None:
    """The address of `Name <local@domain>` or `local@domain`, in ASCII; None where it is not one."""
    if not value.isprintable():
        return None
    value = value.strip()
    if value.endswith(">") and "<" in value:
        value = value.rpartition("<")[2].removesuffix(">")
    local, _, domain = value.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return None
    return f"{local}@{domain}" if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) else None


def _own_name(line: socket.socket) -> str:
    """What we call ourselves in EHLO: the host's full name or the address we speak from; no DNS is asked."""
    name = socket.gethostname()
    if _HOST.fullmatch(name):
        return name
    address = str(line.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _socket(client: smtplib.SMTP) -> socket.socket:
    if client.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    return client.sock


def _encryption(client: smtplib.SMTP) -> str:
    version = client.sock.version() if isinstance(client.sock, ssl.SSLSocket) else None
    return f"encrypted with {version}" if version else "not encrypted"


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
