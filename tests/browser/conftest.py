"""One browser a process; a deployment of its own for each file of tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import deployed
from tests.browser import chromium
from tests.deployed import Deployed


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium.found(driver), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(
    browser: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """The demo behind its own web process; where there is no browser nobody waits for it."""
    demo: Deployed = request.getfixturevalue("demo")
    with deployed.served(deployed.copied(demo, tmp_path_factory.mktemp("site") / "fernhill")) as running:
        yield running
