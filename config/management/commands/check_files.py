"""Compare private files with the rows that own them, and write down what lies there."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from config.upkeep import files


class Command(BaseCommand):
    help = "Compare private files and rows; fails when a row has lost its file or a file older than a day has no row."

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="Remove files older than a day without a row.")
        parser.add_argument("--manifest", metavar="FILE", help="Only write one line of JSON for each file there.")

    def handle(self, *, remove, manifest, **options):
        if manifest:
            with open(manifest, "w", encoding="utf-8") as out:
                self.stdout.write(f"{files.write_manifest(out)} files")
            return
        if remove:
            self.stdout.write(f"removed {len(files.sweep(by_hand=True))}")
        found = files.compare(timezone.now())
        self.stdout.write(f"{found.count} files, {found.size} bytes")
        told = [f"no row: {key}" for key in found.orphans] + [f"no file: {row} ({key})" for row, key in found.lost]
        if told:
            raise CommandError("\n".join(told))
