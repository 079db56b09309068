"""What people do here, done by keyboard alone, with scripts and without: an answer, triage, preferences."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Hands
from tests.deployed import Deployed

pytestmark = pytest.mark.slow


@pytest.fixture(params=[True, False], ids=["scripts allowed", "scripts off"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(browser: Browser, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 375, "height": 700}, locale="en-GB", color_scheme="dark"
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def asked(site: Deployed, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(site.database)) as connection:
        return connection.execute(query, values).fetchall()


def unanswered(site: Deployed) -> tuple[str, str]:
    """A leader who has answered nothing yet, and the link in their mail to a pain: one that nobody answered, if any."""
    heard = {pain for (pain,) in asked(site, "SELECT pain FROM answers")}
    spoke = {leader for (leader,) in asked(site, "SELECT leader FROM answers")}
    paths = sorted((site.directory / "digests/2026-W38").glob("*.json"))
    documents = [(json.loads(path.read_text()), path.with_suffix(".html").read_text()) for path in paths]
    found = [
        (pain["id"] in heard, d["leader"], pain["answer_url"])
        for d, mail in documents
        for pain in d["pains"]
        if pain["answer_url"] in mail
    ]
    _, leader, link = min(one for one in found if one[1] not in spoke)
    return leader, link


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_a_leader_answers_from_the_mail(page: Page, site: Deployed) -> None:
    hands, (leader, link) = Hands(page), unanswered(site)
    page.goto((site.directory / "digests" / "2026-W38" / f"{leader}.html").as_uri())
    hands.follow(link)
    question = heading(page)

    hands.to("I will act")
    hands.press("Space")
    hands.write("In one line", "We mend the step that fails, and tell you here")
    hands.write("By when", "10102026")  # whichever of day and month the browser asks for first
    hands.follow("See what they will read")
    assert "We mend the step that fails, and tell you here" in page.locator(".draft").inner_text()
    assert asked(site, "SELECT kind FROM answers WHERE leader = ?", leader) == []
    hands.follow("Change it")
    hands.write("In one line", " by Friday")  # the text is as it was, and the cursor before it
    hands.follow("See what they will read")
    hands.follow("Answer")

    assert heading(page) == question
    assert page.get_by_text("Your answer is kept").is_visible()
    ((kind, said, due),) = asked(site, "SELECT kind, text, due FROM answers WHERE leader = ?", leader)
    assert (kind, due) == ("act", "2026-10-10")
    assert "We mend the step that fails" in said
    assert "by Friday" in said


def test_a_leader_says_to_whom_it_belongs_after_a_mistake(page: Page, site: Deployed) -> None:
    hands, (leader, link) = Hands(page), unanswered(site)
    page.goto((site.directory / "digests" / "2026-W38" / f"{leader}.html").as_uri())
    hands.follow(link)

    if page.get_by_role("link", name="Answer it myself").count():  # somebody else has answered it already
        hands.follow("Answer it myself")
    hands.to("I will act")
    hands.press("ArrowDown", "ArrowDown")  # the arrows choose within the four answers
    hands.write("In one line", "This is for those who build")
    hands.follow("See what they will read")
    assert page.get_by_role("alert").is_visible()
    assert page.evaluate("document.activeElement.id") == "wrong"  # they stand where it says what is missing
    hands.write("To whom", "The lead of Product")
    hands.follow("See what they will read")
    hands.follow("Answer")

    assert asked(site, "SELECT kind FROM answers WHERE leader = ?", leader) == [("belongs",)]


def test_an_engineer_signs_in_searches_corrects_and_calls(page: Page, site: Deployed, scripts: bool) -> None:
    hands, word = Hands(page), "runner" if scripts else "parser"
    note = f"Nobody can release today: {word}"
    page.goto(site.link("access", "ines"))
    hands.follow("Sign in")
    everything = page.locator("article").count()

    hands.write("Words in title", word)
    hands.write("Side", "Dev")
    hands.write("State", "Open")
    hands.follow("Find")
    found = page.locator("article")
    assert 0 < found.count() < everything
    assert page.locator("#q").input_value() == word
    assert page.locator("#side").input_value() == "developer"
    key = found.first.locator("input[name=issue]").first.get_attribute("value")
    assert key

    hands.to("Why, and what was written")
    hands.press("Enter")
    assert found.first.locator("details").first.get_attribute("open") is not None
    hands.follow("Customer pain")
    assert page.get_by_role("status").inner_text().startswith(f"{key} is customer pain now, because ines said so")
    assert page.locator("#q").input_value() == word
    assert not [one for one in page.locator("article").all_inner_texts() if f"{key}," in one]

    hands.follow("Everything")
    hands.write("Source", "support" if scripts else "product-jira")
    hands.write("State", "Open")
    hands.follow("Find")
    hands.to("Call a leader now")
    hands.press("Enter")
    hands.write("Why it cannot wait", note)
    hands.follow("Call them")
    assert page.get_by_role("status").inner_text().startswith("A leader is called for")
    assert asked(site, "SELECT count(*) FROM escalations WHERE note = ?", note) == [(1,)]
    hands.follow("Sign out")
    assert heading(page) == "You are signed out"


def test_a_leader_pauses_and_listens_again(page: Page, site: Deployed, scripts: bool) -> None:
    leader, hands = ("ines", Hands(page)) if scripts else ("aoife", Hands(page))
    page.goto(unsubscribe(site, leader))
    paused = "SELECT paused_at IS NOT NULL FROM listeners WHERE leader = ?"
    assert asked(site, paused, leader) == []

    hands.follow("Pause now")
    assert asked(site, paused, leader) == [(1,)]
    hands.follow("Listen again")

    assert asked(site, paused, leader) == [(0,)]


def unsubscribe(site: Deployed, leader: str) -> str:
    found = re.search(r"<(http[^>]+)>", site.mail(f"2026-W38/{leader}").message["List-Unsubscribe"])
    assert found
    return found[1]


def test_one_click_of_the_mail_program_pauses_and_the_page_says_so(page: Page, site: Deployed, scripts: bool) -> None:
    leader, hands = ("piotr", Hands(page)) if scripts else ("matthias", Hands(page))
    requests.post(unsubscribe(site, leader), data={"List-Unsubscribe": "One-Click"}, timeout=60).raise_for_status()

    page.goto(unsubscribe(site, leader))
    hands.follow("Listen again")
    assert page.get_by_role("button", name="Pause now").is_visible()


def test_a_leader_says_until_when_and_who_reads_meanwhile(page: Page, site: Deployed, scripts: bool) -> None:
    leader, hands = ("mara", Hands(page)) if scripts else ("niamh", Hands(page))
    page.goto(unsubscribe(site, leader))
    kept = "SELECT until IS NOT NULL, delegate FROM listeners WHERE leader = ?"

    hands.follow("Pause until then")
    assert page.get_by_role("alert").is_visible()
    assert page.evaluate("document.activeElement.id") == "wrong"
    assert asked(site, kept, leader) == []
    hands.write("The first day on which", "10102026")
    hands.follow("Pause until then")
    assert page.get_by_role("status").is_visible()
    assert asked(site, kept, leader) == [(1, None)]
    hands.write("While you are away", "Ines")
    hands.follow("Keep this")

    assert asked(site, kept, leader) == [(1, "ines")]
    assert page.get_by_text("Your leaf notes go to").is_visible()
    hands.follow("Listen again")
    assert asked(site, kept, leader) == [(0, "ines")]
