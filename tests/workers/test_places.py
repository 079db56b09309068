import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workers import alive, places


@pytest.fixture(autouse=True)
def signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(alive, "folder", lambda: tmp_path)
    return tmp_path


def test_no_more_than_there_are_places_are_taken_and_each_is_given_back() -> None:
    with places.folder() as there:
        with places.place(there, 2) as first, places.place(there, 2) as second, places.place(there, 2) as third:
            assert (first, second, third) == (True, True, False)
        with places.place(there, 1) as again:
            assert again


def test_who_tidies_up_temporary_files_stops_nobody() -> None:
    with places.folder() as there:
        with places.place(there, 1):
            shutil.rmtree(there)
        with places.place(there, 1) as found:
            assert found


def test_what_killed_workers_left_is_taken_away_and_what_others_use_stays(signs: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for pid in (int(dead.stdout), os.getppid()):
        (signs / f"places-{pid}").mkdir()

    with places.folder():
        left = [one.name for one in signs.glob("places-*")]

    assert left == [f"places-{os.getppid()}"]
