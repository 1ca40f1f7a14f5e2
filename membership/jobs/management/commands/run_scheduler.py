"""Recurring work, run by cron, a timer or `make run`: safe to run at any time and by several machines at once."""

import threading

from django.core.management import BaseCommand, call_command
from django.db import close_old_connections

from membership.jobs import actions


class Command(BaseCommand):
    help = "Sweep abandoned jobs and enqueue what recurs. Once, or every N seconds with --every."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *, every, **options):
        pause = threading.Event()
        while True:
            swept = actions.run_round()
            call_command("prune_db_task_results", verbosity=0)
            self.stdout.write(f"swept {swept}")
            if not every:
                return
            pause.wait(every)
            close_old_connections()  # PostgreSQL may have been restarted meanwhile
