"""Deployments of the sample organisation, in a process or as a fleet of real ones."""

import os
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

AS_OF = "2026-09-21T12:00:00+01:00"
KEY = "k3Yt0-Zq9v_7XwLmN4pRsUu8BcDdEeFfGgHhJj2K5M"


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """Makes a configuration directory with the sample organisation; `page` is how many lines a page has."""

    def make(name: str = "fernhill", *, page: int = 500, lease: str = "4s") -> Path:
        target = tmp_path / name
        target.mkdir()
        for entry in (files("config") / "sample").iterdir():
            if entry.is_file():
                shutil.copyfile(str(entry), target / entry.name)
        sources = yaml.safe_load((target / "sources.yaml").read_text())
        for source in sources["sources"]:
            source["page"] = page
        (target / "sources.yaml").write_text(yaml.safe_dump(sources, sort_keys=False))
        settings = yaml.safe_load((target / "settings.yaml").read_text())
        settings["work"] = {"lease": lease}
        (target / "settings.yaml").write_text(yaml.safe_dump(settings))
        for file in target.iterdir():
            os.utime(file, (1, 1))  # a cursor knows a file by its size and time
        return target

    return make


def environment(directory: Path, database: str, redis: str, smtp: str) -> dict[str, str]:
    return {
        "LEAFNOTES_CONFIG": str(directory),
        "LEAFNOTES_DATABASE_URL": database,
        "LEAFNOTES_BROKER_URL": redis,
        "LEAFNOTES_SMTP_URL": smtp,
        "LEAFNOTES_SECRET_KEY": KEY,
    }
