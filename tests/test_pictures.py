"""A picture is told by its content, turned upright, and kept with nothing but what it shows."""

import struct
import zlib
from typing import Any

import pytest
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo

from recovery import pictures
from recovery.pictures import NotAPicture
from tests.pictures import BLUE, RED, encoded, exif, image, jpeg, opened

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


def refusal(content: bytes) -> str:
    with pytest.raises(NotAPicture) as refused:
        pictures.cleaned(content)
    assert len(str(refused.value)) <= 200, "its column holds no more"
    return str(refused.value)


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 6 for one, other in zip(pixel, colour, strict=True))


def segments(content: bytes) -> set[str]:
    """The kinds of segment of a JPEG before its picture begins; APP1 is where a camera writes."""
    names, at = set(), 2
    while content[at + 1] != 0xDA:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        names.add(f"APP{marker - 0xE0}" if 0xE0 <= marker <= 0xEF else f"{marker:02X}")
        at += 2 + length
    return names


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_picture_becomes_a_jpeg(form: str) -> None:
    made = opened(pictures.cleaned(encoded(image(), form)))

    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (60, 40))
    assert near(made.getpixel((30, 20)), RED)


def test_the_place_and_the_camera_are_left_out() -> None:
    content = jpeg(
        exif=exif(), comment="taken at home", xmp=b"<x:xmpmeta>at home</x:xmpmeta>", dpi=(300, 300)
    )
    assert b"Maria" in content
    assert b"at home" in content

    made = pictures.cleaned(content)

    assert b"Maria" not in made
    assert b"at home" not in made
    assert opened(made).getexif() == {}
    assert segments(made) <= {"APP0", "DB", "C0", "C4"}


def test_the_words_of_a_png_are_left_out() -> None:
    words = PngInfo()
    words.add_text("Location", "at home")
    words.add_itxt("Author", "Maria Lopez", zip=True)
    made = pictures.cleaned(encoded(image(), "PNG", pnginfo=words, exif=exif()))

    assert b"Maria" not in made
    assert b"at home" not in made


def test_what_hangs_behind_the_picture_is_left_out() -> None:
    assert b"PK\x03\x04" not in pictures.cleaned(jpeg() + b"PK\x03\x04 a second file")


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))]
)
def test_a_photo_stands_upright(orientation: int, size: tuple[int, int]) -> None:
    held = image()
    held.paste(BLUE, (0, 0, 60, 10))  # blue where the picture is stored first
    made = opened(pictures.cleaned(encoded(held, exif=exif(orientation), quality=95, subsampling=0)))

    middle = {1: (30, 4), 3: (30, 35), 6: (35, 30), 8: (4, 30)}[orientation]
    assert made.size == size
    assert near(made.getpixel(middle), BLUE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_metadata_does_not_lose_the_photo() -> None:
    broken = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + b"\xff" * 40
    assert near(opened(pictures.cleaned(jpeg(exif=broken))).getpixel((5, 5)), RED)


def test_colours_of_another_profile_are_shown_as_they_were_meant() -> None:
    swapped = _profile_with_red_and_blue_swapped()
    made = opened(pictures.cleaned(encoded(image(), "PNG", icc_profile=swapped)))

    red, _, blue = made.getpixel((5, 5))
    assert blue > red, "the profile says that its first channel is blue"
    assert "icc_profile" not in made.info


def test_a_profile_that_cannot_be_read_says_nothing() -> None:
    made = opened(pictures.cleaned(encoded(image(), "PNG", icc_profile=b"no profile")))
    assert near(made.getpixel((5, 5)), RED)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    more = {"save_all": True, "append_images": [image(colour=BLUE)], "duration": 100}
    for form in ("GIF", "WEBP", "PNG"):
        made = opened(pictures.cleaned(encoded(image(), form, **more)))
        assert near(made.getpixel((5, 5)), RED), form


def test_a_phones_two_photos_in_one_are_the_first() -> None:
    both = encoded(image(), "MPO", save_all=True, append_images=[image(colour=BLUE)])
    assert opened(both).format == "MPO"
    assert near(opened(pictures.cleaned(both)).getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("mode", "colour", "form", "shown"),
    [
        ("RGBA", (*RED, 255), "PNG", RED),
        ("RGBA", (0, 0, 0, 0), "PNG", (255, 255, 255)),
        ("L", 90, "JPEG", (90, 90, 90)),
        ("LA", (90, 255), "PNG", (90, 90, 90)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("I;16", 90 * 256, "PNG", (90, 90, 90)),
        ("CMYK", (255, 0, 0, 0), "JPEG", (0, 255, 255)),
    ],
)
def test_every_way_of_storing_colours_is_shown(mode: str, colour: Any, form: str, shown: Any) -> None:
    made = opened(pictures.cleaned(encoded(image(mode=mode, colour=colour), form)))
    assert near(made.getpixel((5, 5)), shown)


def test_a_large_photo_is_made_smaller() -> None:
    made = opened(pictures.cleaned(encoded(image((6000, 3000), "L", 90))))
    assert made.size == (pictures.LONGEST_SIDE, pictures.LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "An empty file came with this text."),
        (b"%PDF-1.7\n", "A PDF came with this text; only photos are kept."),
        (b"BEGIN:VCARD\r\n", "A contact card came with this text; only photos are kept."),
        (b"#!AMR\n\x3c", "A sound recording came with this text; only photos are kept."),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "A sound recording came with this text; only photos are kept."),
        (b"\x00\x00\x00\x18ftypM4A \x00", "A sound recording came with this text; only photos are kept."),
        (b"\x00\x00\x00\x18ftyp3gp4\x00", "A video came with this text; only photos are kept."),
        (HEIC, "The photo is in a format that cannot be shown (HEIC or AVIF); a JPEG could be."),
        (b"<svg/>", "Something that is no photo came with this text; only photos are kept."),
        (b"<html><script>", "Something that is no photo came with this text; only photos are kept."),
        (b"\xff\xd8\xff\xe0", "The photo is damaged and cannot be shown."),
        (b"GIF89a", "The photo is damaged and cannot be shown."),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_said_in_a_sentence(content: bytes, said: str) -> None:
    assert refusal(content) == said


def test_a_photo_that_breaks_off_is_damaged() -> None:
    for content in (
        jpeg(),
        encoded(image((300, 300)), "PNG"),
        encoded(image(), "WEBP"),
        encoded(image(), "GIF"),
    ):
        assert refusal(content[: len(content) * 2 // 3]).startswith("The photo is damaged")


def test_too_many_bytes_are_refused_unread() -> None:
    assert refusal(jpeg() + bytes(pictures.BYTES_AT_MOST)) == pictures.too_large()


@pytest.mark.parametrize("side", [8_000, 11_000, 30_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    assert "million pixels" in refusal(_png_that_claims((side, side)))


def _png_that_claims(size: tuple[int, int]) -> bytes:
    """A file of a hundred bytes that says it is a huge picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_a_small_one_is_no_larger_than_asked() -> None:
    large = pictures.cleaned(encoded(image((1200, 800))))
    made = opened(pictures.small(large, 320))

    assert (made.format, made.size) == ("JPEG", (320, 213))
    assert near(made.getpixel((100, 100)), RED)


def _profile_with_red_and_blue_swapped() -> bytes:
    """sRGB with the names of two of its primaries exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
