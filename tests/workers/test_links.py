"""Scanners of mail open every link before its reader does, and some of them twice: nothing may come of it."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
import requests

from tests import deployed
from tests.deployed import Deployed

pytestmark = pytest.mark.slow
SCANNER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) MicrosoftSafeLinks-LinkScanner/1.0", "Accept": "*/*"}
PAGES = {"answer", "digest", "escalation", "pause"}
"""The pages that mails lead to."""
ELSEWHERE = {"fernhill.zendesk.example", "github.example"}
"""Where the issues themselves live; a scanner of mail opens those too, and they are not ours."""


@pytest.fixture(scope="module")
def site(demo: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed.served(deployed.copied(demo, tmp_path_factory.mktemp("scanned") / "fernhill")) as running:
        yield running


@pytest.fixture(scope="module")
def printed(site: Deployed) -> list[str]:
    """The links that commands print, for people to send by mail."""
    return [
        site.link("access", "mara"),
        site.link("access", "ines", "--role", "operator"),
        site.link("quoted", "support:55119"),
        site.link("speak"),
    ]


def every_link(site: Deployed, printed: list[str]) -> list[str]:
    found = {link for mail in site.mails() for link in mail.links} | set(printed)
    return sorted({urldefrag(link).url for link in found if link.startswith(site.url)})


def bytes_of(site: Deployed) -> str:
    """What the database file is, once everything that was written has reached it."""
    with sqlite3.connect(site.database) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.close()
    assert not busy
    return hashlib.sha256(site.database.read_bytes()).hexdigest()


def fetch(method: str, link: str) -> int:
    return requests.request(method, link, headers=SCANNER, allow_redirects=False, timeout=60).status_code


def test_every_mail_has_links_and_they_lead_to_every_page_there_is_for_readers(
    site: Deployed, printed: list[str]
) -> None:
    every = every_link(site, printed)

    assert {urlsplit(link).path.split("/")[1] for link in every} == PAGES | {"sign-in", "quoted", "speak"}
    for mail in site.mails():
        hosts = {urlsplit(link).netloc for link in mail.links}
        assert urlsplit(site.url).netloc in hosts <= {urlsplit(site.url).netloc, *ELSEWHERE}, mail.name
        assert urlsplit(mail.message["List-Unsubscribe"].split(",")[0].strip(" <>")).path.startswith("/pause/")


def test_opening_every_link_of_every_mail_twice_leaves_the_database_as_it_was(
    site: Deployed, printed: list[str]
) -> None:
    every = every_link(site, printed)
    before = bytes_of(site)

    found = Counter((method, fetch(method, link)) for method in ("GET", "HEAD", "GET", "HEAD") for link in every)

    assert found == {("GET", 200): 2 * len(every), ("HEAD", 200): 2 * len(every)}
    assert bytes_of(site) == before


def test_the_one_click_of_a_mail_program_is_what_changes_it(site: Deployed) -> None:
    header = site.mail("2026-W38/yuki").message["List-Unsubscribe"]
    link = header.split(",")[0].strip(" <>")
    before = bytes_of(site)

    asked = requests.post(link, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=60)

    assert asked.status_code == 200
    assert not asked.cookies
    assert bytes_of(site) != before


def test_links_that_have_ended_say_so_politely_and_change_nothing(
    demo: Deployed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = deployed.copied(demo, tmp_path_factory.mktemp("ended") / "fernhill")
    links = every_link(old, [])
    with deployed.served(old, deployed.MUCH_LATER):
        before = bytes_of(old)

        found = {fetch(method, link) for method in ("GET", "HEAD") for link in links}

        assert found == {410}
        assert bytes_of(old) == before
