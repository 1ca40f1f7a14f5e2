"""`make run`: fills an empty database with the demo association; a second run finds nothing to do."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.utils.translation import gettext as _

from config.demo.seeding import seed


class Command(BaseCommand):
    help = "Make the demo association: staff, member units, notices and answers. Safe to run again."

    def handle(self, **options):
        if not settings.IS_DEMO:
            raise CommandError(_("The demo has known passwords: it is made with development settings only."))
        made = seed()
        if not made.total():
            self.stdout.write(_("The demo association is complete; nothing was changed."))
            return
        call_command("update_index", verbosity=0)  # found at once, before a worker has looked at each page
        self.stdout.write(
            _("Demo association: %(staff)d staff, %(units)d units, %(notices)d notices, %(receipts)d receipts are new.")
            % {name: made[name] for name in ("staff", "units", "notices", "receipts")}
        )
