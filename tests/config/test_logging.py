"""The worker prints what goes wrong and not a line for every task."""

import logging

import pytest


@pytest.mark.parametrize("name", ("django_tasks", "django_tasks_db"))
def test_worker_is_quiet_even_after_it_sets_its_own_level(name, capfd, monkeypatch):
    logger = logging.getLogger(name)
    handler = next(handler for handler in logger.handlers if handler.name == "tasks")
    monkeypatch.setattr(handler, "stream", open(1, "w", closefd=False))  # noqa: SIM115  the test's own terminal
    monkeypatch.setattr(logger, "level", logging.INFO)  # as db_worker does

    logger.info("Task id=1 state=RUNNING")
    logger.error("Task id=1 state=FAILED")
    handler.flush()

    assert capfd.readouterr().out == "Task id=1 state=FAILED\n"
    assert not logger.propagate
