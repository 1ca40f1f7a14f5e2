"""Whether the audit trail is what was sealed: `manage.py verify_audit [--known DIGEST]`."""

from django.core.management.base import BaseCommand, CommandError

from membership.audit.sealing import verify


class Command(BaseCommand):
    help = "Compare every entry of the audit trail with its seal; ends with an error at the first difference."

    def add_arguments(self, parser):
        parser.add_argument("--known", default="", help="digest of a seal, written down outside this database")

    def handle(self, *args, known, **options):
        found = verify(known)
        if found.fault:
            raise CommandError(f"The audit trail has been changed: {found.fault}.")
        self.stdout.write(
            f"{found.entries} entries under {found.seals} seals are as they were sealed, {found.unsealed} are not "
            f"sealed yet. Newest seal: {found.newest or 'none'}"
        )
