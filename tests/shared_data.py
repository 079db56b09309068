"""Third-party recordings and texts, which lie beside the checkout and are never copied into it."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def beside(*path: str) -> Path:
    """A place in ../shared. Where it is not there the test is left out with its path as the reason, and fails instead
    where TESTS_SHARED=required says that it must be there: a path that is wrong must not look like missing data."""
    found = SHARED.joinpath(*path)
    if not found.exists():
        why = f"not beside this checkout: ../shared/{'/'.join(path)}"
        if os.environ.get("TESTS_SHARED") == "required":
            pytest.fail(why)
        pytest.skip(why)
    return found
