from datetime import UTC, datetime

from pipeline.links import Links

LINKS = Links("the key of a test, of forty letters or more 0001", "https://leaf.rosta.example")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="


def test_a_link_has_one_spelling() -> None:
    until = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp())
    token = LINKS.token("answer", "kit", "2026-W10", "pain", until)

    others = [token[:-1] + letter for letter in ALPHABET if letter != token[-1]]

    assert LINKS.read(token, "answer") is not None
    assert [other for other in [*others, token + "="] if LINKS.read(other, "answer") is not None] == []
