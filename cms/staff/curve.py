"""The curve of the last days on the board: points of an SVG that the server draws, and the table below it."""

from dataclasses import dataclass

WIDTH, HEIGHT = 640, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 26


@dataclass(frozen=True)
class Point:
    """One day: where it stands, and its numbers."""

    day: object
    x: int
    read: int
    read_y: int
    receipted: int
    receipted_y: int


@dataclass(frozen=True)
class Curve:
    """Days from left to right; lines as the attribute `points` of SVG; the grid as [(y, number)]."""

    points: list
    read_line: str
    receipted_line: str
    grid: list
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def draw(days, most):
    """The curve of [(day, read, receipted)], where `most` stands at the top."""
    most = max(most, 1)
    step = (WIDTH - LEFT - RIGHT) / max(len(days) - 1, 1)

    def height_of(number):
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(number, most) / most))

    points = [
        Point(day, round(LEFT + step * place), read, height_of(read), receipted, height_of(receipted))
        for place, (day, read, receipted) in enumerate(days)
    ]
    return Curve(
        points=points,
        read_line=" ".join(f"{point.x},{point.read_y}" for point in points),
        receipted_line=" ".join(f"{point.x},{point.receipted_y}" for point in points),
        grid=[(height_of(number), number) for number in sorted({0, most // 2, most})],
    )
