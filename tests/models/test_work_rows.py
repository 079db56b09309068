import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from pipeline.store import work
from tests.models.machine import planted, sized
from tests.models.work_rows import WorkRows
from tests.prove.bugs import FENCED, unfenced


class OnPostgres(WorkRows):
    """The same rows in PostgreSQL."""


def test_work_rows_do_what_the_model_says() -> None:
    run_state_machine_as_test(WorkRows, settings=sized(20))


def test_work_rows_in_postgresql_do_what_the_model_says(postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnPostgres, "engine", postgres)
    run_state_machine_as_test(OnPostgres, settings=sized(6))


def test_a_store_without_fencing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FENCED:
        monkeypatch.setattr(work, name, unfenced(getattr(work, name)))

    with pytest.raises(AssertionError, match="no longer held"):
        run_state_machine_as_test(WorkRows, settings=planted(100))
