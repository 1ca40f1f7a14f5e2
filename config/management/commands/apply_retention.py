"""Erase what may not be kept any longer; the daily job does the same."""

from django.core.management import BaseCommand
from django.utils import timezone

from config.upkeep import retention


class Command(BaseCommand):
    help = "Erase what has been kept long enough (docs/retention.md); with --dry-run only count it."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        counts = retention.due(now) if dry_run else retention.apply(now)
        word = "would go" if dry_run else "gone"
        for name, number in counts.items():
            self.stdout.write(f"{name}: {number} {word}")
