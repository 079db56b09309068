import base64
import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import pytest

from connectors.base import SourceError
from connectors.http import Answer, Http, HttpError
from connectors.limits import InProcess
from tests.connectors.stage import Clock, Scene, Stage, saying

SECRET = "ghp_canarycanarycanarycanary"


def http_to(stage: Stage, clock: Clock, **more: object) -> Http:
    return Http(
        stage.url,
        headers={"Authorization": f"Bearer {SECRET}"},
        limiter=InProcess(clock),
        wait=clock.wait,
        now=clock,
        **more,  # type: ignore[arg-type]
    )


def refused(stage: Stage, clock: Clock | None = None, **more: object) -> SourceError:
    with http_to(stage, clock or Clock(), **more) as http, pytest.raises(SourceError) as caught:
        http.get("/things", {"key": "value"})
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://tracker.example",
        "ftp://tracker.example",
        "tracker.example",
        "https://",
        "https://user:pw@tracker.example",
        "https://tracker.example?x=1",
        "https://tracker.example\\@evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "https://tracker.example:port",
        "https://tra cker.example",
    ],
)
def test_an_address_that_would_be_unsafe_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="base_url") as caught:
        Http(url)

    assert caught.value.permanent


@pytest.mark.parametrize(
    "url", ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:9", "https://t.example/api/v3/"]
)
def test_loopback_and_https_need_no_leave(url: str) -> None:
    Http(url).close()


def test_plain_http_elsewhere_is_allowed_by_name() -> None:
    Http("http://tracker.example", insecure=True).close()


def test_a_path_goes_below_the_base_url_with_its_credentials() -> None:
    with Stage(saying({"a": 1})) as stage, Http(f"{stage.url}/api/v3", headers={"Authorization": "token t"}) as http:
        answer = http.get("/repos", {"since": "2026-09-01T00:00:00Z"})

    assert answer.data == {"a": 1}
    (_, path, headers) = stage.asked[0]
    assert path == "/api/v3/repos?since=2026-09-01T00%3A00%3A00Z"
    assert headers["authorization"] == "token t"
    assert headers["accept-encoding"] == "gzip"


def test_connections_are_kept() -> None:
    with Stage(saying({})) as stage, http_to(stage, Clock()) as http:
        for _ in range(3):
            http.get("/x")

    assert (len(stage.asked), stage.connections) == (3, 1)


def test_an_answer_that_did_not_change_is_not_sent_again() -> None:
    scenes = [saying({"n": 1}, ETag='"a"'), Scene(304, b""), saying({"n": 2}, ETag='"b"')]
    with Stage(*scenes) as stage, http_to(stage, Clock()) as http:
        told = [http.get("/x").data for _ in range(3)]

    assert told == [{"n": 1}, {"n": 1}, {"n": 2}]
    assert [{k.lower(): v for k, v in headers.items()}.get("if-none-match") for _, _, headers in stage.asked] == [
        None,
        '"a"',
        '"a"',
    ]


def test_what_one_credential_was_told_is_not_told_to_another() -> None:
    with Stage(saying({"n": 1}, ETag='"a"')) as stage:
        for secret in ("first-credential", "other-credential"):
            with Http(stage.url, headers={"Authorization": secret}) as http:
                http.get("/x")

    assert [{k.lower(): v for k, v in headers.items()}.get("if-none-match") for _, _, headers in stage.asked] == [
        None,
        None,
    ]


def test_the_last_twentieth_of_a_limit_is_left_to_people() -> None:
    clock, limiter = Clock(), InProcess(Clock())
    headers = {"x_ratelimit_limit": "5000", "x_ratelimit_reset": str(int(clock.now) + 600)}
    with (
        Stage(
            saying({}, x_ratelimit_remaining="251", **headers), saying({}, x_ratelimit_remaining="250", **headers)
        ) as stage,
        Http(stage.url, limiter=limiter, now=clock) as http,
    ):
        http.get("/x")
        before = limiter.delay()
        http.get("/x")

    assert before == 0
    assert limiter.delay() > 500


def test_a_redirect_on_the_same_origin_is_followed_with_what_was_asked() -> None:
    moved = saying({}, 301, Location="/repositories/1/issues")
    with Stage(moved, saying([1])) as stage, http_to(stage, Clock()) as http:
        answer = http.get("/repos/a/b/issues", {"state": "all"})

    assert answer.data == [1]
    assert stage.asked[1][1] == "/repositories/1/issues?state=all"


def test_a_redirect_can_be_seen_instead_of_followed() -> None:
    with Stage(saying({}, 301, Location="/elsewhere")) as stage, http_to(stage, Clock()) as http:
        answer = http.get("/repos/a/b/issues/1", allow=(301,))

    assert (answer.status, answer.headers["location"]) == (301, "/elsewhere")
    assert len(stage.asked) == 1


def test_a_redirect_to_another_host_is_refused_and_it_never_hears_of_us() -> None:
    with Stage() as other, Stage(saying({}, 302, Location=f"{other.url}/steal")) as stage:
        error = refused(stage)

    assert error.permanent
    assert "not followed" in str(error)
    assert other.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/x",
        "http://127.0.0.1:1/x",
        "https://127.0.0.1/x",
        "http://localhost/x",
        "{url}@evil.example/x",
        "{url}.evil.example/x",
        "http://evil.example\\@127.0.0.1/x",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1%25lo]/x",
        "http://2130706433/x",
    ],
)
def test_a_next_page_on_another_origin_is_refused(target: str) -> None:
    with Stage() as stage, http_to(stage, Clock()) as http, pytest.raises(SourceError):
        http.get(target.format(url=stage.url))

    assert stage.asked == []


@pytest.mark.parametrize("target", ["http://[::1", "//[", "http://127.0.0.1:1%40[::ffff:7f00:1]:2/"])
def test_where_no_address_leads_is_refused(target: str) -> None:
    with Stage(saying({}, 302, Location=target)) as stage:
        error = refused(stage)

    assert isinstance(error, SourceError)
    answer = Answer("https://desk.example/a", 200, {"link": f'<{target}>; rel="next"'}, [])
    assert answer.link("next") == target
    assert len(stage.asked) == 1


def test_endless_redirects_end() -> None:
    with Stage(saying({}, 302, Location="/again")) as stage:
        error = refused(stage)

    assert "redirects" in str(error)
    assert len(stage.asked) == 6


def test_a_post_is_not_redirected() -> None:
    with (
        Stage(saying({}, 307, Location="/again")) as stage,
        http_to(stage, Clock()) as http,
        pytest.raises(SourceError, match="redirected"),
    ):
        http.post("/x", {"a": 1})

    assert len(stage.asked) == 1


def test_a_bad_gateway_is_asked_again() -> None:
    clock = Clock()
    with Stage(Scene(502, b""), Scene(503, b""), saying([1])) as stage, http_to(stage, clock) as http:
        answer = http.get("/x")

    assert answer.data == [1]
    assert len(clock.waits) == 2
    assert clock.waits[0] <= 1 <= clock.waits[1] <= 2


def test_trouble_that_stays_is_told_with_its_count_of_tries() -> None:
    with Stage(saying({"message": "Server Error"}, 500)) as stage:
        error = refused(stage)

    assert isinstance(error, HttpError)
    assert (error.status, error.permanent, error.retry_after) == (500, False, None)
    assert str(error) == f"GET {stage.url}/things answered 500: Server Error (4 tries)."


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (Scene(200, b'[{"a": 1', {"Content-Length": "900"}), "cut off"),
        (Scene(200, b'[{"a": 1'), "not JSON"),
        (Scene(200, b"<html>", {"Content-Type": "text/html"}), "web page"),
        (Scene(200, b"<html>"), "web page"),
        (Scene(200, b"\xff\xfe\xff"), "not JSON"),
        (Scene(200, b"[" * 200_000), "not JSON"),
        (Scene(200, b"not gzip", {"Content-Encoding": "gzip"}), "compression"),
        (Scene(200, gzip.compress(b"[1, 2, 3]")[:-10], {"Content-Encoding": "gzip"}), ""),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_for_again_and_then_told(scene: Scene, said: str) -> None:
    with Stage(scene) as stage:
        error = refused(stage)

    assert said in str(error)
    assert not error.permanent
    assert len(stage.asked) == 4


def test_a_cut_answer_is_repaired_by_the_next_try() -> None:
    with Stage(Scene(200, b"[1", {"Content-Length": "900"}), saying([1])) as stage, http_to(stage, Clock()) as http:
        assert http.get("/x").data == [1]


def test_nobody_there_is_trouble_that_passes() -> None:
    with Stage() as stage:
        pass

    error = refused(stage)

    assert not error.permanent
    assert "could not be reached (" in str(error)
    assert "refused" in str(error)


def test_a_server_that_does_not_answer_in_time_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        clock = Clock()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Http(url, wait=clock.wait, timeout=(0.05, 0.05)) as http, pytest.raises(SourceError, match="in time"):
            http.get("/x")


QUICK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
DRIPS = {
    "with a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b" "),
    "in chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "inside of a chunk's length": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "until it closes": (b"HTTP/1.1 200 OK\r\n\r\n[", b" "),
    "compressed": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9000\r\n\r\n", b"\x1f"),
    "in its headers": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
}


class Dripping:
    """A server that sends the bytes of a drip every 20 ms; first come `quick` whole answers. It says who hung up."""

    def __init__(self, begins: bytes, drop: bytes, quick: int = 0) -> None:
        self.begins, self.drop, self.quick = begins, drop, quick
        self.hung_up = threading.Event()

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                wire, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=[wire], daemon=True).start()

    def _answer(self, wire: socket.socket) -> None:
        with wire:
            for _ in range(self.quick):
                if not wire.recv(4096):
                    return
                wire.sendall(QUICK)
            wire.recv(4096)
            try:
                wire.sendall(self.begins)
                while not self.hung_up.wait(0.02):
                    wire.sendall(self.drop)
            except OSError:
                self.quick = 1
                self.hung_up.set()


@pytest.mark.parametrize(("begins", "drop"), DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize("quick", [0, 1], ids=["first request", "second of a connection"])
def test_an_answer_that_drips_ends_within_its_time_and_the_connection_with_it(
    begins: bytes, drop: bytes, quick: int
) -> None:
    with Dripping(begins, drop, quick) as server, Http(server.url, timeout=(5, 5), max_seconds=0.4) as http:
        for _ in range(quick):
            http.get("/x")
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"longer than 0\.4 s") as caught:
            http.get("/x")

        assert 0.3 < time.monotonic() - started < 3
        assert not caught.value.permanent
        assert server.hung_up.wait(5)
        assert http.get("/x").data == []


def test_time_that_an_answer_had_is_not_taken_from_the_next() -> None:
    with Dripping(*DRIPS["with a length"], quick=9) as server, Http(server.url, max_seconds=0.3) as http:
        for _ in range(4):
            assert http.get("/x").data == []
            assert not server.hung_up.wait(0.1)

        assert http.get("/x").data == []


def test_a_short_wait_is_waited() -> None:
    clock = Clock()
    with Stage(saying({"message": "slow"}, 429, Retry_After="60"), saying([1])) as stage, http_to(stage, clock) as http:
        assert http.get("/x").data == [1]

    assert clock.waits == [60]


def test_a_long_wait_is_handed_to_the_caller_and_kept_by_the_limiter() -> None:
    clock = Clock()
    with Stage(saying({"message": "slow"}, 429, Retry_After="600")) as stage, http_to(stage, clock) as http:
        with pytest.raises(SourceError) as first:
            http.get("/x")
        with pytest.raises(SourceError) as second:
            http.get("/x")

    assert (first.value.retry_after, second.value.retry_after) == (600, 600)
    assert not first.value.permanent
    assert clock.waits == []
    assert len(stage.asked) == 1


def test_a_spent_window_is_kept_before_the_refusal_comes() -> None:
    clock = Clock()
    spent = saying([1], X_RateLimit_Remaining="0", X_RateLimit_Reset="30", Date="")
    with Stage(spent, saying([2])) as stage, http_to(stage, clock) as http:
        first, second = http.get("/x"), http.get("/x")

    assert (first.data, second.data) == ([1], [2])
    assert clock.waits == [31]


def test_a_limit_that_does_not_end_is_given_up() -> None:
    clock = Clock()
    with Stage(saying({"message": "slow"}, 429, Retry_After="2")) as stage:
        error = refused(stage, clock)

    assert error.retry_after == 2
    assert len(stage.asked) == 4


@pytest.mark.parametrize(
    ("status", "remedy"), [(403, "give them the right"), (404, "may not see it"), (410, "gone"), (400, "")]
)
def test_a_refusal_is_permanent_and_says_what_to_do(status: int, remedy: str) -> None:
    with Stage(saying({"message": "No."}, status)) as stage:
        error = refused(stage)

    assert error.permanent
    assert remedy in str(error)
    assert len(stage.asked) == 1


def test_a_refused_credential_says_what_to_do() -> None:
    with Stage(saying({"message": "Bad credentials"}, 401)) as stage:
        error = refused(stage)

    assert error.permanent
    assert "new token" in str(error)
    assert len(stage.asked) == 1


def test_a_credential_is_renewed_once() -> None:
    renewals: list[int] = []
    with (
        Stage(saying({}, 401), saying([1])) as stage,
        http_to(stage, Clock(), renew=lambda: renewals.append(1)) as http,
    ):
        assert http.get("/x").data == [1]
    with Stage(saying({}, 401)) as stage:
        error = refused(stage, renew=lambda: renewals.append(1))

    assert error.permanent
    assert len(stage.asked) == 2
    assert len(renewals) == 2


def complaint(stage: Stage, credential: str) -> str:
    with Http(stage.url, headers={"Authorization": credential}) as http, pytest.raises(SourceError) as caught:
        http.get("/things")
    return str(caught.value)


@pytest.mark.parametrize("before", range(240, 300, 7))
def test_a_secret_that_would_be_cut_is_not_shown_in_part(before: int) -> None:
    secret = "Zq9/v+7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"
    said = f"{'x' * before} {secret} {quote(secret, safe='')}"

    with Stage(saying({"message": said}, code=403)) as stage:
        message = complaint(stage, f"Bearer {secret}")

    assert secret[:6] not in message
    assert quote(secret[:6], safe="") not in message


def test_a_password_of_a_basic_login_is_not_repeated_as_it_is_either() -> None:
    coded = base64.b64encode(b"bot@x.example/token:my-secret-token").decode()

    with Stage(saying({"message": "no such token: my-secret-token"}, code=403)) as stage:
        message = complaint(stage, f"Basic {coded}")

    assert "my-secret-token" not in message
    assert "no such token" in message


def test_a_secret_that_the_server_repeats_is_not_repeated_by_us() -> None:
    with Stage(saying({"message": f"Bad token {SECRET} in Bearer {SECRET}"}, 403)) as stage:
        error = refused(stage)

    assert SECRET not in str(error)
    assert SECRET not in repr(error)
    assert "key=value" not in str(error)


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f"{SECRET}\r\nX-Evil: 1", f"{SECRET}–"])
def test_a_credential_that_no_header_can_carry_is_not_shown(secret: str) -> None:
    with Stage() as stage, Http(stage.url, headers={"Authorization": f"Bearer {secret}"}) as http:  # noqa: SIM117
        with pytest.raises(SourceError, match="characters") as caught:
            http.get("/x")

    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__
    assert stage.asked == []


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    with Http("https://127.0.0.1:9", ca_file=tmp_path / "none.pem") as http:  # noqa: SIM117
        with pytest.raises(SourceError, match=r"none\.pem") as caught:
            http.get("/x")

    assert caught.value.permanent


def test_a_connector_can_be_printed_without_its_secret() -> None:
    with Stage() as stage, http_to(stage, Clock()) as http:
        assert SECRET not in repr(http)


def test_the_servers_own_words_stay_on_one_short_line() -> None:
    with Stage(saying({"message": "a\nb\x1b[31m" + "x" * 9000}, 404)) as stage:
        error = refused(stage)

    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 600


def test_a_gzip_bomb_is_stopped_by_its_size() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(300)), packer.flush()])
    with Stage(Scene(200, bomb, {"Content-Encoding": "gzip"})) as stage:
        tracemalloc.start()
        error = refused(stage, max_bytes=8 * 1024 * 1024)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert error.permanent
    assert "larger than 8 MB" in str(error)
    assert peak < 50_000_000


def test_layers_of_compression_are_refused() -> None:
    with Stage(Scene(200, b"x", {"Content-Encoding": "gzip, gzip"})) as stage:
        error = refused(stage)

    assert "was not asked for" in str(error)


def test_no_cookie_is_kept() -> None:
    with Stage(saying({}, Set_Cookie="session=1; Path=/")) as stage, http_to(stage, Clock()) as http:
        http.get("/x")
        http.get("/x")

    assert "cookie" not in stage.asked[1][2]


def test_the_environment_is_not_asked_for_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    with Stage(saying([1])) as stage, http_to(stage, Clock()) as http:
        assert http.get("/x").data == [1]


def test_links_are_read_from_the_header() -> None:
    link = '</page?page=2>; rel="next", </page?page=9>; rel="last"'
    with Stage(saying([], Link=link)) as stage, http_to(stage, Clock()) as http:
        answer = http.get("/page")

    assert answer.link("next") == f"{stage.url}/page?page=2"
    assert answer.link("prev") is None


def test_what_is_posted_is_json() -> None:
    with Stage(saying({"token": "t"}, 201)) as stage, http_to(stage, Clock()) as http:
        answer = http.post("/tokens")

    assert answer.data == {"token": "t"}
    method, path, headers = stage.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/tokens", "application/json")
