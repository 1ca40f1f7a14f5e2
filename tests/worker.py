"""A worker within the test: does what the task rows of django-tasks-db ask for, on the test's own connection."""

from django_tasks_db.models import DBTaskResult


def work():
    """Do all that is due, once; the command `db_worker` does the same, but ends the connection of the test."""
    for row in list(DBTaskResult.objects.ready()):
        _do(row)


def work_one():
    """Do what a worker would take next."""
    _do(DBTaskResult.objects.ready().first())


def _do(row):
    row.claim("test")
    result = row.task_result
    row.set_successful(result.task.call(*result.args, **result.kwargs))


def work_off():
    """Do all that is due and all that this asks for in turn: a delivery announces, an announcement sends."""
    while DBTaskResult.objects.ready().exists():
        work()
