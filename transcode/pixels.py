"""What pixels hold: how many bits, how finely they sample colour, and whose colours they are."""

from __future__ import annotations

from typing import Any

from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# A patch of the picture that every kind of sampling divides.
_PATCH_PX = 16
# Width and height of the patch's colours → what that is called.
_SAMPLINGS = {
    (16, 16): "4:4:4",
    (16, 8): "4:4:0",
    (8, 16): "4:2:2",
    (8, 8): "4:2:0",
    (4, 16): "4:1:1",
    (4, 4): "4:1:0",
}
# What MP4 calls tracks that only Dolby Vision devices may take for theirs.
_DOLBY_TAGS = ("dvhe", "dvh1", "dvav", "dva1", "dav1")


def depth_bits(pixel_format: str) -> int:
    """Bits of the deepest component."""
    return max(component.bits for component in VideoFormat(pixel_format).components)


def finer_colour(pixel_format: str) -> str | None:
    """What the sampling is called where it is finer than the 4:2:0 that boxes decode."""
    patch = VideoFormat(pixel_format, _PATCH_PX, _PATCH_PX)
    if patch.is_rgb or patch.has_palette:
        return "RGB"
    if len(patch.components) < 3:  # grey, with alpha or without
        return None
    size = patch.chroma_width(_PATCH_PX), patch.chroma_height(_PATCH_PX)
    return _SAMPLINGS.get(size) if max(size) > _PATCH_PX // 2 else None


def is_dolby(stream: VideoStream, frame: VideoFrame) -> bool:
    """Whether the picture is Dolby Vision's. The profiles of phones and discs name the colours of
    a picture that anybody can show; profile 5 names none."""
    sides: Any = frame.side_data  # the library's own type for it is wrong
    return bool(sides.get("DOVI_METADATA")) or stream.codec_context.codec_tag in _DOLBY_TAGS
