"""Pictures as phones send them, drawn for the tests."""

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 40, 40), (40, 40, 200)


def image(size: tuple[int, int] = (60, 40), mode: str = "RGB", colour: Any = RED) -> Image.Image:
    return Image.new(mode, size, colour)


def encoded(picture: Image.Image, form: str = "JPEG", **more: Any) -> bytes:
    made = BytesIO()
    picture.save(made, form, **more)
    return made.getvalue()


def jpeg(**more: Any) -> bytes:
    """A small red photo, wider than it is high."""
    return encoded(image(), quality=95, **more)


def opened(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as picture:
        picture.load()
        return picture


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes into a photo: its maker, which way it was held, and where it was taken."""
    tags = Image.Exif()
    tags[0x010F] = "Camera of Maria Lopez"
    tags[0x0112] = orientation
    tags.get_ifd(0x8825).update({1: "N", 2: (43.0, 39.0, 11.0), 3: "W", 4: (79.0, 22.0, 59.0)})
    return tags
