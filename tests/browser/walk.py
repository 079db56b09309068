"""Every page that there is, by the way that one comes to it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Page

from tests.deployed import Deployed

Way = Callable[[Page, Deployed], None]


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    way: Way


@cache
def _link(site: Deployed, *words: str) -> str:
    return site.link(*words)


def _button(site: Deployed, mail: str, page: str) -> str:
    return next(link for link in site.mail(mail).links if link.startswith(f"{site.url}/{page}/"))


def _open(mail: str, kind: str) -> Way:
    def way(page: Page, site: Deployed) -> None:
        page.goto(_button(site, mail, kind))

    return way


def _at(path: str) -> Way:
    def way(page: Page, site: Deployed) -> None:
        page.goto(site.url + path)

    return way


def _printed(*words: str) -> Way:
    def way(page: Page, site: Deployed) -> None:
        page.goto(_link(site, *words))

    return way


def _signed_in(*words: str, path: str = "/triage") -> Way:
    def way(page: Page, site: Deployed) -> None:
        page.goto(_link(site, "access", *words))
        page.get_by_role("button", name="Sign in").click()
        page.goto(site.url + path)

    return way


def _filled(page: Page) -> None:
    page.get_by_label("I will act").check()
    page.get_by_label("In one line").fill("We change the step that breaks, and say here when it is done")
    page.locator("#due").fill("2026-10-02")
    page.get_by_role("button", name="See what they will read").click()


def _wrong(page: Page, site: Deployed) -> None:
    page.goto(_button(site, "2026-W38/niamh", "answer") + "?again=1")
    page.get_by_label("Not now").check()
    page.get_by_label("In one line").fill(" ")
    page.get_by_role("button", name="See what they will read").click()


def _preview(page: Page, site: Deployed) -> None:
    page.goto(_button(site, "2026-W38/niamh", "answer") + "?again=1")
    _filled(page)


def _kept(page: Page, site: Deployed) -> None:
    _preview(page, site)
    page.get_by_role("button", name="Answer", exact=True).click()


def _told(page: Page, site: Deployed) -> None:
    _kept(page, site)
    page.get_by_role("button", name="I have told").click()


def _paused(page: Page, site: Deployed) -> None:
    page.goto(_button(site, "2026-W38/yuki", "pause"))
    page.get_by_role("button", name="Pause now").click()


def _no_day(page: Page, site: Deployed) -> None:
    page.goto(_button(site, "2026-W38/yuki", "pause"))
    page.get_by_role("button", name="Pause until then").click()


def _delegated(page: Page, site: Deployed) -> None:
    page.goto(_button(site, "2026-W38/tomas", "pause"))
    page.get_by_label("The first day on which").fill("2026-10-05")
    page.get_by_role("button", name="Pause until then").click()
    page.get_by_label("While you are away").select_option(index=1)
    page.get_by_role("button", name="Keep this").click()


def _labelled(page: Page, site: Deployed) -> None:
    _signed_in("mara")(page, site)
    page.get_by_role("button", name="No pain").first.click()


def _called(page: Page, site: Deployed) -> None:
    _signed_in("mara", path="/triage?state=open")(page, site)
    page.get_by_text("Call a leader now").nth(1).click()  # the first was called for by its tag
    page.get_by_role("button", name="Call them").first.click()
    page.get_by_role("status").wait_for()


def _unfolded(page: Page, site: Deployed) -> None:
    _signed_in("ines", "--role", "operator")(page, site)
    for one in page.locator("summary").all():
        one.click()


def _spoken(page: Page, site: Deployed) -> None:
    page.goto(_link(site, "speak"))
    page.get_by_label("What happened").fill("The printer of the ward is out of paper every Monday")
    page.get_by_label("I work here").check()
    page.get_by_role("button", name="Send it").click()


def _unspoken(page: Page, site: Deployed) -> None:
    page.goto(_link(site, "speak"))
    page.get_by_label("What happened").fill(" ")
    page.get_by_role("button", name="Send it").click()


def _owned(page: Page, site: Deployed) -> None:
    call = next(mail.name for mail in site.mails() if mail.name.endswith(".1.priya"))
    page.goto(_button(site, call, "escalation"))
    page.get_by_label("In one line").fill("I look at it today")
    page.get_by_role("button", name="I own the answer").click()


def _waits(page: Page, site: Deployed) -> None:
    """The operators' page while leaf notes of an earlier week wait for a word."""
    with closing(sqlite3.connect(site.database, timeout=60)) as database, database:
        wait = "UPDATE digests SET state = 'waiting' WHERE period = '2026-W37' AND kind = 'weekly' AND leader = ?"
        database.executemany(wait, [("sunniva",), ("priya",)])
    _signed_in("ines", "--role", "operator", path="/operators")(page, site)


def _looked_at(page: Page, site: Deployed) -> None:
    _waits(page, site)
    page.locator("a[href^='/operators/notes/']").first.click()


def _without_reason(page: Page, site: Deployed) -> None:
    _looked_at(page, site)
    page.get_by_label("Do not send it, because").fill(" ")
    page.get_by_role("button", name="Do not send").click()


def _call(page: Page, site: Deployed) -> None:
    call = next(mail.name for mail in site.mails() if mail.name.endswith(".1.priya"))
    page.goto(_button(site, call, "escalation"))


def _refused(page: Page, site: Deployed) -> None:
    _call(page, site)
    page.get_by_role("button", name="Not now").click()


PLACES = (
    Place("answer", _open("2026-W38/piotr", "answer")),
    Place("answer that was given", _open("2026-W37/mara", "answer")),
    Place("answer with a mistake", _wrong),
    Place("preview", _preview),
    Place("answer kept", _kept),
    Place("told", _told),
    Place("digest of the top", _open("2026-W38/ines", "digest")),
    Place("digest of a middle", _open("2026-W38/priya", "digest")),
    Place("digest of a leaf", _open("2026-W38/mara", "digest")),
    Place("digest of support", _open("2026-W38/orla", "digest")),
    Place("escalation", _call),
    Place("escalation with a mistake", _refused),
    Place("escalation that ended", _owned),
    Place("preferences", _open("2026-W38/sunniva", "pause")),
    Place("preferences with a mistake", _no_day),
    Place("preferences, paused", _paused),
    Place("preferences, until a day and with a delegate", _delegated),
    Place("author's page, quoted", _printed("quoted", "support:55119")),
    Place("author's page, not quoted", _printed("quoted", "product-jira:SUP-77")),
    Place("sign-in", _printed("access", "mara")),
    Place("sign-in of an operator", _printed("access", "ines", "--role", "operator")),
    Place("triage", _signed_in("mara")),
    Place("triage, everything open", _unfolded),
    Place("triage, nothing found", _signed_in("mara", path="/triage?q=nowhere+to+be+found")),
    Place("triage, a label corrected", _labelled),
    Place("triage, a leader called", _called),
    Place("operators", _signed_in("ines", "--role", "operator", path="/operators")),
    Place("operators, leaf notes wait", _waits),
    Place("leaf notes that wait", _looked_at),
    Place("leaf notes refused without a reason", _without_reason),
    Place("speak up", _printed("speak")),
    Place("speak up with a mistake", _unspoken),
    Place("speak up, said", _spoken),
    Place("no such page", _at("/nowhere")),
    Place("a broken link", _at("/answer/broken")),
    Place("not signed in", _at("/triage")),
)
