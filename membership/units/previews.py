"""How a private file is looked at without being opened: as images of its pages, the first thirty."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Preview:
    """A stored file with the sizes of its pages that are drawn already: `sizes` is {number: (width, height)}."""

    document: object  # a Drawable
    sizes: dict

    @cached_property
    def pages(self):
        """Number, width and height of each page to show; sizes are empty for one that is drawn when it is asked for."""
        rows = []
        for number in range(1, self.document.pages_shown + 1):
            width, height = self.sizes.get(number, ("", ""))
            rows.append({"number": number, "width": width, "height": height})
        return rows

    @property
    def count(self):
        return len(self.pages)

    @property
    def total(self):
        """Pages of the file itself."""
        return self.document.pages or self.count

    @property
    def is_cut(self):
        return self.total > self.count > 0


def previews_of(documents):
    """Previews in the order of `documents`: files of one noun, fetched with permission. One query."""
    sizes = {document.pk: {} for document in documents}
    if not documents:
        return []
    images, owner = documents[0].drawn.model, documents[0].drawn.field.name
    drawn = images.objects.filter(**{f"{owner}__in": list(sizes)})
    for pk, number, width, height in drawn.values_list(owner, "number", "width", "height"):
        sizes[pk][number] = (width, height)
    return [Preview(document, sizes[document.pk]) for document in documents]
