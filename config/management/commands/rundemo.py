"""`make run`: the server, a worker and the scheduler of the demo association, started and ended together."""

import os
import socket
import subprocess
import sys

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.demo.accounts import DEMO_AGENT, DEMO_MEMBERS, DEMO_PASSWORD, DEMO_STAFF
from config.processes import Household, Program

HOST = "127.0.0.1"
SCHEDULER_SECONDS = 60


class Command(BaseCommand):
    help = "Serve the demo association on this machine, with its worker and scheduler, until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)

    def handle(self, *, port, **options):
        if not settings.IS_DEMO:
            raise CommandError(_("The demo has known passwords: it runs with development settings only."))
        if answers(port):
            raise CommandError(
                _("Port %(port)s is in use. Stop what runs there, or choose another: PORT=8001 make run")
                % {"port": port}
            )
        self.base_url = f"http://{HOST}:{port}"
        self.port = port
        self.is_announced = False
        household = Household(
            self._program("server", "runserver", f"{HOST}:{port}"),
            [
                self._program("worker", "db_worker", "--queue-name", "*"),
                self._program(
                    "scheduler", "run_scheduler", "--every", str(SCHEDULER_SECONDS), stdout=subprocess.DEVNULL
                ),
            ],
            on_look=self._announce_once,
            on_revival=lambda program: self.stderr.write(
                _("%(name)s ended and is started again.") % {"name": program.name}
            ),
        )
        code = household.run()
        if code:
            raise CommandError(_("The server ended with an error (code %(code)s).") % {"code": code})

    def _program(self, name, *arguments, stdout=None):
        ours = {
            "DEBUG": os.environ.get("DEBUG", "false"),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        }
        environment = {"BASE_URL": self.base_url, **os.environ, **ours}
        return Program(name, [sys.executable, sys.argv[0], *arguments], environment, stdout)

    def _announce_once(self):
        if self.is_announced or not answers(self.port):
            return
        self.is_announced = True
        self.stdout.write("\n".join(["", *self._lines(), ""]))

    def _lines(self):
        """What somebody who has just started the demo wants to know."""
        faces = [
            (_("Open site"), "/"),
            (_("Members' home"), "/portal/"),
            (_("Association desk"), "/cms/"),
            (_("API description"), "/api/member/v1/docs"),
            (_("Text messages sent, codes among them"), "/dev/inbox/"),
        ]
        yield self.style.SUCCESS(_("The demo association is open. Ctrl-C ends it."))
        yield from (f"  {self.base_url + path:<44}{label}" for label, path in faces)
        yield _("Accounts (password %(password)s)") % {"password": DEMO_PASSWORD}
        labels = staff_labels()
        yield from (f"  {account.phone}  {account.name}  {labels[account.role]}" for account in DEMO_STAFF)
        yield from (f"  {account.phone}  {account.name}  {account.role}" for account in [*DEMO_MEMBERS, DEMO_AGENT])


def staff_labels():
    """The words for the staff roles of the demo."""
    return {
        "editor": _("Notice editor"),
        "reviewer": _("Membership reviewer"),
        "finance": _("Finance officer"),
        "secretary": _("Branch secretary"),
        "secretary_general": _("Secretary-general"),
        "administrator": _("System administrator"),
    }


def answers(port):
    """Whether something accepts connections at this port of this machine."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
