"""Prove that the books are right: money sums, contiguous years, one open order per unit."""

from django.core.management import BaseCommand, CommandError

from membership.dues import invariants


class Command(BaseCommand):
    help = "Check the books of dues; fails and names the rows when an invariant is broken."

    def handle(self, **options):
        broken = invariants.broken()
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write("The books are right.")
