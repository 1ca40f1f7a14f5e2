"""Blocks of which editors build the body of a notice or article."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "hr"]
TABLE_OPTIONS = {"minSpareRows": 0, "startRows": 3, "startCols": 3, "contextMenu": True}


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Image")
        help_text = _(
            "Whoever has the address of a picture can open it. What only members may see belongs in an attachment."
        )
        template = "cms/blocks/image.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Text"))
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "cms/blocks/quote.html"


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=100)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES)

    class Meta:
        icon = "warning"
        label = _("Callout")
        template = "cms/blocks/callout.html"


class SignatureBlock(blocks.StructBlock):
    """落款: who signs and when, set to the right."""

    signer = blocks.CharBlock(label=_("Signed by"), max_length=100)
    date = blocks.DateBlock(label=_("Date"))

    class Meta:
        icon = "edit"
        label = _("Signature block")
        template = "cms/blocks/signature.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), icon="title", max_length=120, template="cms/blocks/heading.html")
    paragraph = blocks.RichTextBlock(label=_("Paragraph"), features=RICH_TEXT_FEATURES)
    image = ImageBlock()
    table = TableBlock(label=_("Table"), table_options=TABLE_OPTIONS)
    quote = QuoteBlock()
    callout = CalloutBlock()
    signature = SignatureBlock()

    class Meta:
        template = "cms/blocks/body.html"
