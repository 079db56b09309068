"""Deployments of the sample organisation, in a process or as a fleet of real ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.prove.sample import sample as made
from tests.workers import small

AS_OF = "2026-09-21T12:00:00+01:00"
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    small.LEFT_OPEN.close()


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """Makes a configuration directory with the sample organisation; `page` is how many lines a page has."""

    def make(name: str = "fernhill", *, page: int = 500, lease: str = "4s") -> Path:
        return made(tmp_path / name, page=page, lease=lease)

    return make


def environment(directory: Path, database: str, redis: str, smtp: str) -> dict[str, str]:
    return {
        "LEAFNOTES_CONFIG": str(directory),
        "LEAFNOTES_DATABASE_URL": database,
        "LEAFNOTES_BROKER_URL": redis,
        "LEAFNOTES_SMTP_URL": smtp,
        "LEAFNOTES_SECRET_KEY": KEY,
    }
