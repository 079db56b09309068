"""The one HTTP seam: whatever a connector asks of a server goes through `Http`.

A server is not trusted. Its redirects and next pages stay on the origin that the operator wrote, credentials are
attached only to requests for that origin, and an answer has a size and a time within which it must arrive, from the
first byte that is sent to the last that comes, however slowly it drips. Trouble that
passes by itself is tried again a few times here; everything else is a `SourceError` that says what to do.
"""

import base64
import ipaddress
import json
import math
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

import requests
from pydantic_core import from_json
from requests.adapters import HTTPAdapter
from requests.utils import parse_header_links
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors import answers
from connectors.deadline import Cut
from connectors.errors import SourceError
from connectors.limits import InProcess, Limiter, exhausted, fingerprint, retry_after, throttled

TRIES: Final = 4
LONGEST_WAIT: Final = 60.0
"""Seconds that a request waits by itself; who is asked to wait longer is told so by `SourceError.retry_after`."""
MAX_BYTES: Final = 32 * 1024 * 1024
MAX_SECONDS: Final = 180.0
"""Within which a request has to be answered, its body included."""
MAX_REDIRECTS: Final = 5
RESERVE: Final = 0.05
"""The part of a rate limit that is left to people who use the same credential."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ODD: Final = re.compile(r"[\s\\\x00-\x1f\x7f]")

Headers = Mapping[str, str]


def pause(seconds: float) -> None:
    """How a request waits; the kit has no time for it."""
    time.sleep(seconds)


class HttpError(SourceError):
    """The server answered, and the answer is a refusal. `reason` is the server's own sentence."""

    def __init__(
        self, message: str, *, status: int, reason: str = "", permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message, permanent=permanent, retry_after=retry_after)
        self.status = status
        self.reason = reason


class _PassingTrouble(Exception):
    """Trouble that may be gone at the next try, which should come after `wait` seconds where the server said so."""

    def __init__(
        self, what: str, wait: float | None = None, *, status: int = 0, reason: str = "", limited: bool = False
    ) -> None:
        super().__init__(what)
        self.wait = wait
        self.status = status
        self.reason = reason
        self.limited = limited


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `data` is its parsed JSON (None where the body is empty), header names are in lower case.

    `refusal` is what the body of a status in `allow` says, where that is JSON; its `data` is None.
    """

    url: str
    status: int
    headers: Headers
    data: Any
    refusal: Any = None

    def link(self, rel: str) -> str | None:
        """The target of a Link header, absolute."""
        for link in parse_header_links(self.headers.get("link", "")):
            if link.get("rel") == rel:
                return joined(self.url, link["url"])
        return None


class _Form(dict[str, str]):
    """A body that is sent as a form, not as JSON."""


class Http:
    """One server, with one set of credentials, over one kept-alive connection.

    `base_url` is what the operator wrote: https, or http to this machine, or anything with `insecure`. `headers` carry
    the credentials; a callable is asked at each request, so that a token can be renewed. `renew` is called once when
    the server refuses a credential (401), and the request is sent again. `tries` is how often a request is sent where
    trouble passes by itself. `wait` sleeps.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Headers | Callable[[], Headers] | None = None,
        limiter: Limiter | None = None,
        insecure: bool = False,
        ca_file: Path | None = None,
        timeout: tuple[float, float] = (5, 30),
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
        tries: int = TRIES,
        renew: Callable[[], None] | None = None,
        wait: Callable[[float], None] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        base = _checked(base_url, insecure=insecure)
        self.origin = f"{base.scheme}://{base.netloc.lower()}"
        self._place = _place(base)
        self._prefix = base.path.rstrip("/")
        self._headers = headers or {}
        self._limiter = limiter or InProcess()
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._tries = tries
        self._renew = renew
        self._wait = wait or pause
        self._now = now
        self._session = _session(ca_file)

    def __repr__(self) -> str:
        return f"Http({self.origin})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._session.close()

    def get(self, target: str, params: Mapping[str, str | int] | None = None, *, allow: Collection[int] = ()) -> Answer:
        """GET a path below the base URL, or a whole URL of the same origin.

        Statuses other than 2xx raise `HttpError`, except those in `allow`, which are returned; a redirect is followed
        unless it is in `allow`.
        """
        url = self._url(target, params)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send("GET", url, None, allow)
            if answer.status not in _REDIRECTS or answer.status in allow:
                return answer
            url = self._redirected(url, answer)
        raise SourceError(
            f"{_name('GET', url)}: more than {MAX_REDIRECTS} redirects. Is `base_url` right?", permanent=True
        )

    def post(
        self, target: str, body: Mapping[str, Any] | None = None, *, reads: bool = False, allow: Collection[int] = ()
    ) -> Answer:
        """POST JSON, never redirected. Not repeated unless the server said that it did nothing (a limit, 503), or
        where it only `reads` (a search)."""
        url = self._url(target, None)
        answer = self._send("SEARCH" if reads else "POST", url, dict(body or {}), allow)
        if answer.status in _REDIRECTS:
            raise SourceError(
                f"{_name('POST', url)} was redirected, which is not followed. Is `base_url` right?", permanent=True
            )
        return answer

    def post_form(self, target: str, form: Mapping[str, str]) -> Answer:
        """POST the fields of a form, sent once and never redirected."""
        url = self._url(target, None)
        answer = self._send("POST", url, _Form(form), ())
        if answer.status in _REDIRECTS:
            raise SourceError(f"{_name('POST', url)} was redirected, which is not followed.", permanent=True)
        return answer

    def _url(self, target: str, params: Mapping[str, str | int] | None) -> str:
        if "://" not in target:
            target = f"{self.origin}{self._prefix}/{target.lstrip('/')}"
        url = self._own(target)
        if not params:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"

    def _own(self, url: str) -> str:
        """The URL, put together anew from our origin and its path, so that nobody can read another host in it."""
        parts = None if _ODD.search(url) else _split(url)
        if parts is None or "@" in parts.netloc or _place(parts) != self._place:
            where = f"{parts.scheme}://{parts.hostname}" if parts and parts.hostname else "an address that is none"
            raise SourceError(
                f"{self.origin} points to {where}, which is not where `base_url` is; it was not followed. "
                "If the service has moved, write its new address as `base_url`.",
                permanent=True,
            )
        return f"{self.origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")

    def _redirected(self, url: str, answer: Answer) -> str:
        target = answer.headers.get("location")
        if not target:
            raise SourceError(f"{_name('GET', url)} answered {answer.status} and not where to go.", permanent=True)
        target = self._own(joined(url, target))
        query = urlsplit(url).query
        # What was asked must survive the redirect: without `state=all` a list would silently be another one.
        return f"{target}?{query}" if query and "?" not in target else target

    def _send(self, method: str, url: str, body: Any, allow: Collection[int]) -> Answer:
        """One request until it is answered: bounded tries, each after the wait that the server or good manners ask."""
        renewed = False
        for attempt in range(1, self._tries + 1):
            self._keep_quiet(method, url)
            try:
                answer = self._once(method, url, body, allow, attempt)
            except _PassingTrouble as trouble:
                self._pause(method, url, attempt, trouble)
                continue
            if answer is not None:
                return answer
            if renewed or self._renew is None:
                break
            self._renew()
            renewed = True
        raise HttpError(
            f"{_name(method, url)} answered 401: the credentials are not accepted. "
            "Make a new token, put it where this source's `token` (or `app`) points, and try again.",
            status=401,
            permanent=True,
        )

    def _keep_quiet(self, method: str, url: str) -> None:
        delay = self._limiter.delay()
        if delay > LONGEST_WAIT:
            raise SourceError(
                f"{_name(method, url)} was not sent: the rate limit of this credential opens in {math.ceil(delay)} s.",
                retry_after=delay,
            )
        if delay > 0:
            self._wait(delay)

    def _pause(self, method: str, url: str, attempt: int, trouble: _PassingTrouble) -> None:
        """Wait before the next try, or give up: after the last one, or where the wait is a long one.

        What a rate limit asks is already with the limiter, which is asked before each try.
        """
        wait = max(trouble.wait or 0.0, 2.0 ** (attempt - 1) * random.uniform(0.5, 1.0))
        if attempt < self._tries and wait <= LONGEST_WAIT:
            if not trouble.limited:
                self._wait(wait)
            return
        tried = "" if attempt == 1 else f" ({attempt} tries)"
        message = f"{_name(method, url)} {trouble}{tried}."
        if trouble.status:
            raise HttpError(message, status=trouble.status, reason=trouble.reason, retry_after=trouble.wait)
        raise SourceError(message, retry_after=trouble.wait)

    def _once(self, method: str, url: str, body: Any, allow: Collection[int], attempt: int) -> Answer | None:
        """One try: an answer, None for a refused credential, or an error."""
        headers = dict(self._headers() if callable(self._headers) else self._headers)
        verb = "POST" if method == "SEARCH" else method
        who = fingerprint(self.origin, repr(sorted(headers.items())))
        kept = answers.known(who, url) if verb == "GET" else None
        asked = headers if kept is None else {**headers, "If-None-Match": kept.etag}
        status, got, content = self._exchange(self._prepared(verb, url, asked, body))
        if status == 401:
            return None
        if status == 304 and kept is not None:
            status, got, content = 200, {**kept.headers, **got}, kept.content
        if 200 <= status < 300:
            self._note(got)
            if verb == "GET" and status == 200:
                answers.keep(who, url, got, content)
            return Answer(url, status, got, _parsed(content, got))
        if status in _REDIRECTS or status in allow:
            return Answer(url, status, got, None, _json(content))
        raise self._refusal(method, url, status, got, _sentence(content, _credentials(headers, body)), attempt)

    def _prepared(self, method: str, url: str, headers: Headers, body: Any) -> requests.PreparedRequest:
        try:
            for value in headers.values():
                value.encode("ascii")
            said = {"data": dict(body)} if isinstance(body, _Form) else {"json": body}
            return self._session.prepare_request(requests.Request(method, url, headers=headers, **said))
        except (UnicodeError, requests.exceptions.InvalidHeader):
            # The library's own words would show the credential.
            raise SourceError(
                f"{self.origin}: a credential holds characters that no header can carry, perhaps the end of a line.",
                permanent=True,
            ) from None

    def _note(self, headers: Headers) -> None:
        """Nothing remains of the window: whoever asks next waits for the new one, instead of running into a refusal."""
        spent = exhausted(headers, self._now(), reserve=RESERVE)
        if spent is not None:
            self._limiter.hold(spent)

    def _refusal(self, method: str, url: str, status: int, got: Headers, reason: str, attempt: int) -> Exception:
        now = self._now()
        said = f": {reason}" if reason else ""
        wait = throttled(status, got, reason, now=now, attempt=attempt)
        if wait is not None:
            self._limiter.hold(wait)
            what = f"answered {status}, too many requests{said}. It asks to wait {math.ceil(wait)} s"
            return _PassingTrouble(what, wait, status=status, reason=reason, limited=True)
        if status == 408 or (status >= 500 and (method != "POST" or status == 503)):
            return _PassingTrouble(f"answered {status}{said}", retry_after(got, now), status=status, reason=reason)
        message = f"{_name(method, url)} answered {status}{said}.{_REMEDIES.get(status, '')}"
        return HttpError(message, status=status, reason=reason, permanent=status < 500)

    def _exchange(self, prepared: requests.PreparedRequest) -> tuple[int, Headers, bytes]:
        """What is answered in time. A server that drips is not asked again at once: it would take as long again."""
        with Cut(self._max_seconds) as cut:
            _asking.cut = cut
            try:
                found = self._answered(prepared)
            except (SourceError, _PassingTrouble):
                if not cut.late:
                    raise
            else:
                if not cut.late:
                    return found
            finally:
                del _asking.cut
        self._session.close()
        raise SourceError(f"{self.origin} took longer than {self._max_seconds:g} s to send its answer.")

    def _answered(self, prepared: requests.PreparedRequest) -> tuple[int, Headers, bytes]:
        try:
            with self._session.send(prepared, stream=True, timeout=self._timeout, allow_redirects=False) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                encoding = headers.get("content-encoding", "identity").strip().lower()
                if encoding not in ("identity", "gzip", ""):
                    raise SourceError(f"{self.origin} sends {encoding!r}, which was not asked for.", permanent=True)
                return response.status_code, headers, self._body(response)
        except requests.exceptions.SSLError as error:
            raise SourceError(
                f"{self.origin}: its certificate is not trusted ({_first_line(error)}). "
                "Where it is signed by your own authority, name that in `ca_file`.",
                permanent=True,
            ) from None
        except requests.exceptions.Timeout:
            raise _PassingTrouble("was not answered in time") from None
        except requests.exceptions.ContentDecodingError:
            raise _PassingTrouble("sent an answer whose compression is broken") from None
        except requests.exceptions.ChunkedEncodingError:
            raise _PassingTrouble("was cut off before the answer was complete") from None
        except requests.exceptions.ConnectionError as error:
            raise _PassingTrouble(f"could not be reached ({_first_line(error)})") from None
        except OSError as error:  # a `ca_file` that is not there, and whatever else the library refuses
            raise SourceError(f"{self.origin}: {error}", permanent=True) from None

    def _body(self, response: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(64 * 1024):
            size += len(part)
            if size > self._max_bytes:
                raise SourceError(
                    f"{self.origin} sent an answer larger than {self._max_bytes // (1024 * 1024)} MB. "
                    "Ask for less at a time (`per_page`).",
                    permanent=True,
                )
            parts.append(part)
        return b"".join(parts)


_REMEDIES: Final = {
    403: " The credentials are known but may not read this: give them the right to, or leave it out.",
    404: " It does not exist, or these credentials may not see it.",
    410: " It is gone for good.",
}


class _Session(requests.Session):
    """Looks at no redirect by itself: the library works out where each would lead, and stumbles over some."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


_asking: Final = threading.local()
"""`cut` is that of the exchange that this thread is in."""


def _held(wire: socket.socket | None) -> None:
    cut: Cut | None = getattr(_asking, "cut", None)
    if cut is not None and wire is not None:
        cut.holds(wire)


class _Plain(HTTPConnection):
    """A connection that names its socket to whoever may have to cut it: when it is made, and when it is used again."""

    def _new_conn(self) -> socket.socket:
        wire = super()._new_conn()
        _held(wire)
        return wire

    def putrequest(self, *args: Any, **more: Any) -> None:
        _held(self.sock)
        super().putrequest(*args, **more)


class _Secure(HTTPSConnection, _Plain):
    """The same with TLS, from before its handshake on."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def _session(ca_file: Path | None) -> requests.Session:
    """A session that takes nothing from the environment (proxies, .netrc) and keeps no cookies."""
    session = _Session()
    session.trust_env = False
    session.verify = True if ca_file is None else str(ca_file)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": "leafnotes", "Accept": "application/json", "Accept-Encoding": "gzip"})
    adapter = _Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _checked(base_url: str, *, insecure: bool) -> SplitResult:
    parts = None if _ODD.search(base_url) else _split(base_url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(f"base_url: {base_url!r} is not the address of a server (https://...)", permanent=True)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SourceError(
            f"base_url: write only the address of {parts.hostname}, without user names, queries and fragments; "
            "secrets have keys of their own",
            permanent=True,
        )
    if parts.scheme == "http" and not insecure and not _is_loopback(parts.hostname):
        raise SourceError(
            f"base_url: http:// would send credentials to {parts.hostname} in the clear. "
            "Write https://, or `insecure: true` if you accept that.",
            permanent=True,
        )
    return parts


def joined(url: str, target: str) -> str:
    """Where a target leads from a URL; what is no address stays as it is, and is refused by whoever is asked for it."""
    try:
        return urljoin(url, target)
    except ValueError:
        return target


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is not a number
    except ValueError:
        return None
    return parts


def _place(parts: SplitResult) -> tuple[str, str, int]:
    default = {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or default


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parsed(content: bytes, headers: Headers) -> Any:
    if not content.strip():
        return None
    if "html" in headers.get("content-type", "") or content.lstrip()[:1] == b"<":
        raise _PassingTrouble("answered with a web page where data was expected; is `base_url` the address of the API?")
    try:
        return from_json(content, cache_strings="keys")  # twice as fast as the standard library's, and stricter
    except ValueError:
        pass
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _PassingTrouble("answered with something that is not JSON, or only a part of it") from None


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _sentence(content: bytes, credentials: Collection[str]) -> str:
    """What the server says went wrong, in one short line. Credentials are taken out before it is cut: half of one would
    not be known as one."""
    data = _json(content)
    said = _said(data, depth=3)
    if not isinstance(said, str):
        return ""
    return " ".join(_ODD.sub(" ", _without(said, credentials)).split())[:300].rstrip(".")


def _said(data: Any, depth: int) -> str | None:
    """The first sentence under one of the names that services use for it."""
    if isinstance(data, str):
        return data
    if isinstance(data, list) and data and depth:
        return _said(data[0], depth - 1)
    if not isinstance(data, dict) or not depth:
        return None
    names = (
        "message", "error", "error_description", "errorMessages", "description", "detail", "errors", "fault", "text",
        "reason", "title",
    )  # fmt: skip
    return next((said for name in names if (said := _said(data.get(name), depth - 1))), None)


def _without(text: str, credentials: Collection[str]) -> str:
    """Servers have been seen to repeat a credential in their complaint about it."""
    for secret in sorted(credentials, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _credentials(headers: Headers, body: Any) -> set[str]:
    """What a request proves itself with, as it is and as a server may write it: headers, the name and password that a
    Basic one holds, and what a form to log in with keeps secret."""
    form = dict(body) if isinstance(body, _Form) else {}
    found = [*headers.values(), *(value for name, value in form.items() if _SECRET.search(name))]
    found += [value.rpartition(" ")[2] for value in headers.values()]
    for value in headers.values():
        kind, _, coded = value.partition(" ")
        if kind.casefold() == "basic":
            with suppress(ValueError):
                found += base64.b64decode(coded).decode("utf-8", "replace").split(":", 1)
    forms = {form for one in map(str, found) for form in (one, quote(one), quote(one, safe=""), json.dumps(one)[1:-1])}
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


_SECRET: Final = re.compile("secret|token$|password|assertion|code")
SHORTEST_SECRET: Final = 8


def _name(method: str, url: str) -> str:
    """The request in an error's words: without the query, which may carry what nobody should read in a log."""
    return f"{'POST' if method == 'SEARCH' else method} {url.partition('?')[0]}"


def _first_line(error: Exception) -> str:
    """The innermost reason of a connection error, without the URL that its outer layers repeat."""
    inner: Any = error
    while True:
        deeper = getattr(inner, "reason", None)
        if not isinstance(deeper, Exception):
            deeper = next((arg for arg in getattr(inner, "args", ()) if isinstance(arg, Exception)), None)
        if deeper is None:
            return str(inner).rpartition(": ")[2].splitlines()[0][:200] if str(inner) else type(inner).__name__
        inner = deeper
