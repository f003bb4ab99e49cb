"""Pictures that patients send: told by their content, turned upright, made anew with nothing but the picture.

What leaves this module is always a JPEG of our own making: no place, no camera, no hidden second file.
"""

from io import BytesIO
from typing import cast

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

BYTES_AT_MOST = 10_000_000
PIXELS_AT_MOST = 50_000_000  # a phone's largest; decoded it takes three bytes each
LONGEST_SIDE = 4_096  # pixels of what is kept
CONTENT_TYPE = "image/jpeg"

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 90  # and every pixel keeps its own colour (subsampling 0): redness is what a nurse looks at
_TOO_MANY_PIXELS = (
    f"The photo is larger than {PIXELS_AT_MOST // 1_000_000} million pixels, so it was not kept."
)
_DAMAGED = "The photo is damaged and cannot be shown."
_OTHER = "{} came with this text; only photos are kept."
_BEGINNINGS = (
    (b"%PDF-", "A PDF"),
    (b"BEGIN:VCARD", "A contact card"),
    (b"BEGIN:VCALENDAR", "A calendar entry"),
    (b"#!AMR", "A sound recording"),
    (b"ID3", "A sound recording"),
    (b"OggS", "A sound recording"),
    (b"\x1aE\xdf\xa3", "A video"),
)
_UNREADABLE_PHOTOS = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")


class NotAPicture(Exception):
    """Nothing that is kept as a photo; the message is the sentence for a nurse."""


def cleaned(content: bytes) -> bytes:
    """A JPEG of what these bytes show: upright, the first frame, in the colours that every screen knows.

    Raises NotAPicture for anything else than a JPEG, PNG, WebP or GIF, and for what is too large or damaged.
    """
    if len(content) > BYTES_AT_MOST:
        raise NotAPicture(too_large())
    image = _opened(content)
    if image.width * image.height > PIXELS_AT_MOST:
        raise NotAPicture(_TOO_MANY_PIXELS)
    try:
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than it is needed
        image.load()
        return _jpeg(_in_srgb(_upright(image)), LONGEST_SIDE, _QUALITY)
    except Exception as error:  # a damaged file can raise anything at all from a decoder
        raise NotAPicture(_DAMAGED) from error


def small(content: bytes, side: int) -> bytes:
    """The same JPEG no larger than `side` pixels either way. For what `cleaned` gave only."""
    image = Image.open(BytesIO(content), formats=("JPEG",))
    image.draft(None, (side, side))
    return _jpeg(image, side, 80)


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. For what `cleaned` gave only."""
    return Image.open(BytesIO(content), formats=("JPEG",)).size


def too_large() -> str:
    return f"The photo is larger than {BYTES_AT_MOST // 1_000_000} MB, so it was not kept."


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(_TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise NotAPicture(_what_it_is(content)) from None
    except Exception as error:
        raise NotAPicture(_DAMAGED) from error


def _what_it_is(content: bytes) -> str:
    """A sentence on a file that is no picture, told by how it begins."""
    for beginning, name in _BEGINNINGS:
        if content.startswith(beginning):
            return _OTHER.format(name)
    if content[4:8] == b"ftyp":
        if content[8:12].lower() in _UNREADABLE_PHOTOS:
            return "The photo is in a format that cannot be shown (HEIC or AVIF); a JPEG could be."
        return _OTHER.format("A sound recording" if content[8:11] == b"M4A" else "A video")
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _OTHER.format("A sound recording")
    if content.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8")):
        return _DAMAGED
    return _OTHER.format("Something that is no photo") if content else "An empty file came with this text."


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # its metadata is broken, not the picture
        return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Its colours as they were meant: a profile left out without this would make redness look paler."""
    profile = image.info.get("icc_profile")
    if image.mode == "I;16":
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    elif image.mode not in ("L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            return cast(Image.Image, ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB"))
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read says nothing
    return image.convert("RGB")


def _jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    """On a sheet of its own: whatever clung to the old image stays behind."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", image.size)
    sheet.paste(image)
    made = BytesIO()
    sheet.save(made, "JPEG", quality=quality, subsampling=0)
    return made.getvalue()
