"""What happens where a server is not installed."""

import os
from typing import NoReturn

import pytest


def absent(why: str) -> NoReturn:
    """Fails where `make test-systems` asked for all of them, else skips with the reason."""
    if os.environ.get("LEAFNOTES_SYSTEMS") == "required":
        pytest.fail(why)
    pytest.skip(why)
