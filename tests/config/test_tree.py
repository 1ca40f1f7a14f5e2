"""What a fresh clone must bring along."""

from django.conf import settings


def test_place_of_uploads_is_there_and_holds_nothing_else():
    ignored = (settings.BASE_DIR / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert (settings.BASE_DIR / "media" / ".gitkeep").read_bytes() == b""
    assert [line for line in ignored if "media" in line] == ["/media/*", "!/media/.gitkeep"]
