"""Prove that every room is in order: money, receipts, files, the audit trail."""

from django.core.management import BaseCommand, CommandError

from config.upkeep import invariants


class Command(BaseCommand):
    help = "Check what must hold in all rooms; fails and names the rows when an invariant is broken."

    def handle(self, **options):
        broken = invariants.broken()
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write("All invariants hold.")
