"""Pictures and documents of the library: shown to the virus scanner before they are stored, as all other files."""

from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from membership.units.uploads import check_virus


class Scanned:
    """A form with a file that is kept only with the scanner's word."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            check_virus(file, file.name)
        return file


class PictureForm(Scanned, BaseImageForm):
    """Of the office (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""


class DocumentForm(Scanned, BaseDocumentForm):
    """Of the office (`WAGTAILDOCS_DOCUMENT_FORM_BASE`)."""
