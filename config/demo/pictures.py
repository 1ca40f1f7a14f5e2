"""Pictures of the demo's open site, drawn by the machine: towns with cranes under the sky of an hour of the day."""

import random
from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw, ImageFilter

from cms.models import PortalImage

SIZE = (1600, 900)
# From the top of the sky to the ground: sky, horizon, far houses, near houses, ground, and what catches the eye.
SKIES = {
    "morning": ("#8fbde8", "#eaf3fb", "#a9c4de", "#3d6c9e", "#1c4470", "#f0b429"),
    "noon": ("#4f9bdc", "#d9ecf9", "#8fb7d9", "#2a6aa8", "#174a7c", "#f2c14e"),
    "evening": ("#24406f", "#f3c9a5", "#7d86a8", "#34466f", "#1b2a4b", "#ffd666"),
    "green": ("#7fc4b4", "#eaf6f0", "#9cc7b6", "#2f7a68", "#1d5347", "#f4b860"),
    "blue": ("#123a70", "#5f9bd6", "#3f74ad", "#1c4b86", "#0d2d57", "#ffd666"),
}


def picture(title, sky, seed):
    """The picture of this title, drawn once."""
    known = PortalImage.objects.filter(title=title).first()
    if known:
        return known
    stream = BytesIO()
    _town(SKIES[sky], random.Random(seed)).save(stream, "JPEG", quality=86)
    image = PortalImage(title=title, description=title)
    image.file = ImageFile(stream, name=f"{sky}-{seed}.jpg")
    image.save()
    return image


def _town(colours, chance):
    top, horizon, far, near, ground, bright = colours
    width, height = SIZE
    image = Image.linear_gradient("L").resize(SIZE)
    image = Image.composite(Image.new("RGB", SIZE, horizon), Image.new("RGB", SIZE, top), image)
    _sun(image, chance, bright)
    draw = ImageDraw.Draw(image)
    _houses(draw, chance, far, base=height * 3 // 4, tall=(180, 420), wide=(70, 130))
    for _crane in range(2):
        _draw_crane(draw, chance.randrange(200, width - 300), height * 3 // 4 + 40, chance.randrange(430, 560), bright)
    _houses(draw, chance, near, base=height * 5 // 6, tall=(140, 330), wide=(110, 210), windows=horizon)
    draw.polygon(
        [(0, height), (0, 760), (width // 3, 730), (width * 2 // 3, 770), (width, 735), (width, height)], ground
    )
    for x in range(-40, width, 130):  # the marks of a road
        draw.polygon([(x, 850), (x + 60, 850), (x + 70, 860), (x + 10, 860)], bright)
    return image


def _sun(image, chance, colour):
    x, y = chance.randrange(250, 1350), chance.randrange(120, 300)
    glow = Image.new("L", image.size, 0)
    ImageDraw.Draw(glow).ellipse([x - 90, y - 90, x + 90, y + 90], fill=150)
    glow = glow.filter(ImageFilter.GaussianBlur(30))
    image.paste(Image.new("RGB", image.size, colour), mask=glow)


def _houses(draw, chance, colour, *, base, tall, wide, windows=None):
    x = -chance.randrange(0, 60)
    while x < SIZE[0]:
        width, height = chance.randrange(*wide), chance.randrange(*tall)
        draw.rectangle([x, base - height, x + width, base + 80], fill=colour)
        if windows:
            _windows(draw, chance, (x, base - height, width, height), windows)
        x += width + chance.randrange(6, 40)


def _windows(draw, chance, house, colour):
    left, top, width, height = house
    for y in range(top + 18, top + height - 12, 34):
        for x in range(left + 14, left + width - 22, 30):
            if chance.random() < 0.62:
                draw.rectangle([x, y, x + 14, y + 18], fill=colour)


def _draw_crane(draw, x, base, height, colour):
    """A tower crane: mast with crossed bars, jib to the right, counterweight to the left, a rope with its load."""
    top = base - height
    draw.line([x, base, x, top], fill=colour, width=5)
    draw.line([x + 22, base, x + 22, top], fill=colour, width=5)
    for y in range(top, base, 30):
        draw.line([x, y, x + 22, y + 30], fill=colour, width=3)
    draw.line([x - 110, top, x + 300, top], fill=colour, width=7)
    draw.line([x - 110, top, x + 11, top - 60, x + 300, top], fill=colour, width=3)
    draw.rectangle([x - 110, top, x - 70, top + 34], fill=colour)
    draw.line([x + 230, top, x + 230, top + 150], fill=colour, width=3)
    draw.rectangle([x + 205, top + 150, x + 255, top + 172], fill=colour)
