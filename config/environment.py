"""The environment, read once into a frozen value. No other module looks at LEAFNOTES_* variables."""

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from config.reader import Problem, nearest

T = TypeVar("T")

FILE: Final = "environment"
NAMES: Final = (
    "LEAFNOTES_CONFIG", "LEAFNOTES_DATABASE_URL", "LEAFNOTES_BROKER_URL", "LEAFNOTES_SMTP_URL", "LEAFNOTES_PUBLIC_URL",
    "LEAFNOTES_SECRET_KEY", "LEAFNOTES_SENT_LOG",
)  # fmt: skip
DEFAULT_DIRECTORY: Final = Path("leafnotes.d")
SHORTEST_KEY: Final = 32
MAKE_A_KEY: Final = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"

_NUMBER: Final = r"[0-9]{1,6}"
DATABASE_OPTIONS: Final = {
    "sslmode": "disable|allow|prefer|require|verify-ca|verify-full",
    "sslrootcert": ".+",
    "sslcert": ".+",
    "sslkey": ".+",
    "sslcrl": ".+",
    "passfile": ".+",
    "channel_binding": "disable|prefer|require",
    "connect_timeout": _NUMBER,
    "application_name": ".{1,63}",
    "target_session_attrs": "any|read-write|read-only|primary|standby|prefer-standby",
    "keepalives": "0|1",
    "keepalives_idle": _NUMBER,
    "keepalives_interval": _NUMBER,
    "keepalives_count": _NUMBER,
    "tcp_user_timeout": _NUMBER,
    "options": ".+",
    "host": ".+",
    "port": _NUMBER,
}
BROKER_OPTIONS: Final = {
    "ssl_cert_reqs": "required|optional|none",
    "ssl_ca_certs": ".+",
    "ssl_certfile": ".+",
    "ssl_keyfile": ".+",
    "ssl_check_hostname": "true|false",
}
"""What redis-py and Celery both take in a URL; Celery refuses timeouts there, and has its own in workers/app.py."""
_ESCAPE: Final = "In a user name or password % / # ? @ ; are written %25 %2F %23 %3F %40 %3B."

_KUBERNETES: Final = re.compile(
    r"LEAFNOTES(?:_.+)?_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_[0-9]+_(?:TCP|UDP)(?:_.+)?)?)"
)
"""What Kubernetes tells every pod about a service whose name begins with leafnotes: not ours, and no mistake."""
_EXAMPLE: Final = re.compile(
    r"change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this)|example|your[-_ ]|secret[-_ ]?key|password|insecure|"
    r"not[-_ ]?secret|long[-_ ]and[-_ ]random|long[-_ ]random|qwerty|default|placeholder|lorem",
    re.IGNORECASE,
)


class WeakKey(Exception):
    """LEAFNOTES_SECRET_KEY is missing or can be guessed; `problem` says which and how to make a good one."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class BadEnvironment(Exception):
    """The environment cannot be used; `problems` are all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class _Wrong(ValueError):
    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says. No `broker_url`: work is done in this process; no `smtp_url`: mails become files."""

    directory: Path
    database_url: str = field(repr=False)
    broker_url: str | None = field(default=None, repr=False)
    smtp_url: SecretStr | None = None
    public_url: str | None = None
    """Without a slash at its end."""
    secret_key: SecretStr | None = None
    sent_log: Path | None = None
    """Where it is written which mails a mail server took; None: `sent.log` in the directory."""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None, *, config_dir: Path | None = None) -> "Environment":
        """Raises `BadEnvironment` with all problems at once."""
        environment, problems = cls.survey(environ, config_dir=config_dir)
        if environment is None:
            raise BadEnvironment(problems)
        return environment

    @classmethod
    def survey(
        cls, environ: Mapping[str, str] | None = None, *, config_dir: Path | None = None
    ) -> tuple["Environment | None", list[Problem]]:
        """The environment where it can be used, and every problem with it. An empty variable counts as not set."""
        given = {k: v.strip() for k, v in (os.environ if environ is None else environ).items() if v.strip()}
        problems = [_unknown(name) for name in sorted(given) if _is_ours(name) and name not in NAMES]
        directory = config_dir or Path(given.get("LEAFNOTES_CONFIG", DEFAULT_DIRECTORY))

        def value(name: str, check: Callable[[str], T]) -> T | None:
            try:
                return check(given[name]) if name in given else None
            except _Wrong as error:
                problems.append(Problem(FILE, 0, name, error.message, error.remedy))
            return None

        database = value("LEAFNOTES_DATABASE_URL", lambda url: _database(url, directory))
        environment = cls(
            directory=directory,
            database_url=database or f"sqlite:///{directory / 'leafnotes.db'}",
            broker_url=value("LEAFNOTES_BROKER_URL", _broker),
            smtp_url=value("LEAFNOTES_SMTP_URL", _smtp),
            public_url=value("LEAFNOTES_PUBLIC_URL", _public),
            secret_key=value("LEAFNOTES_SECRET_KEY", SecretStr),
            sent_log=value("LEAFNOTES_SENT_LOG", directory.joinpath),
        )
        return (None if problems else environment), problems

    def require_secret_keys(self) -> tuple[str, ...]:
        """The key that links are signed with, and after it the old ones whose links are good until they end, with
        commas between. A comma beside fewer than 32 letters is one of the key's own. Raises `WeakKey` for the first
        that is weak."""
        given = self.secret_key.get_secret_value() if self.secret_key is not None else ""
        parts = tuple(key.strip() for key in given.split(","))
        several = all(len(key) >= SHORTEST_KEY or not key for key in parts)
        keys = parts if several else (given,)
        for number, key in enumerate(keys, 1):
            weakness = _weakness(key)
            if weakness is not None:
                which = f"has {len(keys)} keys with commas between, of which number {number} " if len(keys) > 1 else ""
                raise WeakKey(Problem(FILE, 0, "LEAFNOTES_SECRET_KEY", which + weakness, MAKE_A_KEY))
        if len(set(keys)) < len(keys):
            raise WeakKey(Problem(FILE, 0, "LEAFNOTES_SECRET_KEY", "has the same key twice", MAKE_A_KEY))
        return keys


def _is_ours(name: str) -> bool:
    return name.startswith("LEAFNOTES_") and not _KUBERNETES.fullmatch(name)


def _unknown(name: str) -> Problem:
    prefix = "LEAFNOTES_"
    close = nearest(name.removeprefix(prefix), [known.removeprefix(prefix) for known in NAMES])
    others = f"Known are {', '.join(NAMES)}; begin names of your own otherwise."
    hint = f"Did you mean {prefix}{close}?" if close else others
    return Problem(FILE, 0, name, "is not a variable that is known", hint)


def _split(url: str, remedy: str) -> SplitResult:
    """The parts of a URL; the message never repeats it, because there may be a password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        reason = "its port is not a number" if "ort" in str(error) else "it is malformed"
        raise _Wrong(f"is not a URL: {reason}", f"{remedy} {_ESCAPE}") from None
    if re.search(r"\s", url) or re.search(r"[\x00-\x1f\x7f]", unquote(url)) or port == 0:
        raise _Wrong("is not a URL", remedy)
    if parts.netloc.count("@") > 1:
        raise _Wrong(
            "has two @ in it, so its password cannot be told from its host", "Write %40 for an @ in a password."
        )
    if "@" in parts.path + parts.query + parts.fragment:
        raise _Wrong("has an @ after its host, as if a password were cut short", _ESCAPE)
    return parts


def _options(parts: SplitResult, known: Mapping[str, str], remedy: str) -> None:
    """Refuse options that the driver would not know; `known` maps a name to the form of its value."""
    seen: set[str] = set()
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            # What looks like no name may be a piece of something secret.
            called = f"the option {name!r}" if re.fullmatch("[A-Za-z_]{1,40}", name) else "an option"
            close = nearest(name, tuple(known))
            raise _Wrong(f"has {called}, which is not known", f"Did you mean {close}?" if close else remedy)
        if not re.fullmatch(known[name], value):
            raise _Wrong(f"has a value of {name} that cannot be used", _form(known[name]) or remedy)
        if name in seen and name != "host":
            raise _Wrong(f"has the option {name!r} twice", "Write it once.")
        seen.add(name)


def _form(pattern: str) -> str:
    if pattern == _NUMBER:
        return "Write a whole number."
    return f"Write one of {', '.join(pattern.split('|'))}." if "|" in pattern else ""


def _database(url: str, directory: Path) -> str:
    remedy = "Write postgresql://user:password@host/name or sqlite:///file.db."
    scheme, colon, rest = url.partition("://")
    if not colon:
        raise _Wrong("is not a URL", remedy)
    if scheme in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(rest, directory)
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        named = f"the database {scheme!r}, which" if re.fullmatch(r"[a-z0-9+]{1,30}", scheme) else "a database that"
        raise _Wrong(f"names {named} is not supported", remedy)
    parts = _split(f"postgresql://{rest}", remedy)
    if not parts.path.strip("/"):
        raise _Wrong("names no database", remedy)
    if parts.fragment:
        raise _Wrong("has a # in it", _ESCAPE)
    _options(parts, DATABASE_OPTIONS, f"Known are {', '.join(DATABASE_OPTIONS)}.")
    return f"postgresql+psycopg://{rest}"


def _sqlite(rest: str, directory: Path) -> str:
    """A relative file is relative to the configuration, wherever the command was started."""
    file, _, options = rest.removeprefix("/").partition("?")
    if not file or ":memory:" in file or "mode=memory" in options:
        raise _Wrong("is a database in memory, which forgets everything", "Write sqlite:///file.db.")
    if not rest.startswith("/"):
        raise _Wrong("has two slashes before the file", "Write three for a relative file, four for an absolute one.")
    if options:
        raise _Wrong("has options, and a file has none", "Write sqlite:///file.db.")
    return f"sqlite:///{directory / file}"


def _broker(url: str) -> str:
    remedy = "Write redis://host:6379/0, rediss:// with TLS, or leave it out to do the work in one process."
    parts = _split(url, remedy)
    if parts.scheme not in ("redis", "rediss"):
        raise _Wrong("is not the URL of a Redis server", remedy)
    if not parts.hostname:
        raise _Wrong("names no host", remedy)
    if ";" in url:  # Celery would read two addresses
        raise _Wrong("has a ; in it", _ESCAPE)
    if parts.fragment or not re.fullmatch("/?[0-9]{0,5}", parts.path):
        raise _Wrong("goes on after its host with something else than the number of a database", remedy)
    _options(parts, BROKER_OPTIONS, f"Known are {', '.join(BROKER_OPTIONS)}.")
    if parts.query and parts.scheme != "rediss":
        raise _Wrong("has options of TLS but does not use it", "Write rediss://.")
    return url


def _smtp(url: str) -> SecretStr:
    remedy = "Write smtp://user:password@host:587, or smtps:// for TLS from the start."
    parts = _split(url, remedy)
    if parts.scheme not in ("smtp", "smtps"):
        raise _Wrong("is not the URL of a mail server", remedy)
    if not parts.hostname:
        raise _Wrong("names no host", remedy)
    if parts.path.strip("/") or parts.fragment:
        raise _Wrong("goes on after its host", f"{remedy} {_ESCAPE}")
    _options(parts, {"starttls": "required|optional|no"}, "starttls is required, optional or no.")
    return SecretStr(url)


def _public(url: str) -> str:
    remedy = "Write https://leafnotes.example.org."
    parts = _split(url, remedy)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Wrong("is not the URL of a web site", remedy)
    if parts.username is not None or parts.query or parts.fragment:
        raise _Wrong("has a user, ? or # in it", remedy)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise _Wrong("is http:// to another machine: answers would travel in the open", "Write https://.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _weakness(key: str) -> str | None:
    if not key:
        return "is not set"
    if len(key) < SHORTEST_KEY:
        return f"is shorter than {SHORTEST_KEY} characters"
    if _EXAMPLE.search(key):
        return "is an example, not a secret"
    if _is_monotonous(key):
        return "can be guessed: it repeats itself"
    return None


def _is_monotonous(key: str) -> bool:
    """Few different characters, a piece repeated, or a run such as abcdef: what chance never makes of 32 characters."""
    if len(set(key)) < 8 or Counter(key).most_common(1)[0][1] > len(key) / 2:
        return True
    if (key + key).find(key, 1) < len(key):
        return True
    runs = sum(abs(ord(a) - ord(b)) <= 1 for a, b in pairwise(key))
    return runs > len(key) / 2
