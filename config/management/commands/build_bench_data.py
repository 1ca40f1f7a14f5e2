"""Fills an empty database with an association as large as the product is made for, to measure at."""

import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.bench.building import build
from config.bench.register import MOST_UNITS
from membership.exceptions import Refusal

TELL_EVERY = 200  # notices


class Command(BaseCommand):
    help = "Make invented units and notices with millions of deliveries in an empty database, or more notices there."

    def add_arguments(self, parser):
        parser.add_argument("--units", type=int, default=10_000)
        parser.add_argument("--notices", type=int, default=2_000)

    def handle(self, *, units, notices, **options):
        if not settings.IS_DEMO:
            raise CommandError(_("Invented units are made with development settings only."))
        if not 1 <= units <= MOST_UNITS or not 1 <= notices <= MOST_UNITS:
            raise CommandError(_("Units and notices are numbers from 1 to %(most)d.") % {"most": MOST_UNITS})
        start = time.monotonic()

        def tell(done, total):
            if done % TELL_EVERY == 0:
                self.stdout.write(f"{done}/{total} ({time.monotonic() - start:.0f} s)")

        try:
            made = build(units, notices, tell)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        words = {**vars(made), "seconds": round(time.monotonic() - start)}
        self.stdout.write(
            _("Made in %(seconds)d s: %(units)d units, %(notices)d notices, %(deliveries)d deliveries.") % words
        )
