"""Read what an H.264 sequence parameter set says (ITU-T H.264, 7.3.2.1 and annex E)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

SLICE, IDR, SEI, SPS, PPS, DELIMITER = 1, 5, 6, 7, 8, 9
_WITH_CHROMA = (100, 110, 122, 244, 44, 83, 86, 118, 128)
_EXTENDED_SAR = 255


@dataclass(frozen=True, kw_only=True)
class SequenceParameters:
    profile: int
    constraints: int
    level: int
    width_px: int
    height_px: int
    chroma: int  # 1: 4:2:0
    bit_depth: int
    progressive: bool
    fps: Fraction | None

    @property
    def plain(self) -> bool:
        """What every decoder of television shows: 4:2:0, 8 bit, progressive."""
        return (self.chroma, self.bit_depth, self.progressive) == (1, 8, True)

    @property
    def codec(self) -> str:
        """As in the CODECS attribute (RFC 6381)."""
        return f"avc1.{self.profile:02x}{self.constraints:02x}{self.level:02x}"


def nal_units(stream: bytes) -> Iterator[bytes]:
    """The units of an Annex B byte stream, without start codes."""
    at = stream.find(b"\x00\x00\x01")
    while at >= 0:
        following = stream.find(b"\x00\x00\x01", at + 3)
        unit = stream[at + 3 : following if following >= 0 else None].rstrip(b"\x00")
        if unit:
            yield unit
        at = following


class Bits:
    """Numbers of a parameter set, bit by bit."""

    def __init__(self, payload: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in payload)
        self._at = 0

    def take(self, count: int) -> int:
        """The next bits as a number. Raises ValueError beyond the end."""
        bits = self._bits[self._at : self._at + count]
        if len(bits) < count:
            raise ValueError("cut off")
        self._at += count
        return int(bits, 2)

    def golomb(self) -> int:
        zeros = 0
        while self.take(1) == 0 and zeros < 32:
            zeros += 1
        return (1 << zeros) - 1 + (self.take(zeros) if zeros else 0)

    def signed_golomb(self) -> int:
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def parse_sps(unit: bytes) -> SequenceParameters:
    """unit: with its one-byte header. Raises ValueError for other units, and cut ones."""
    if len(unit) < 5 or unit[0] & 31 != SPS:
        raise ValueError("not a sequence parameter set")
    bits = Bits(unit[1:].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile, constraints, level = bits.take(8), bits.take(8), bits.take(8)
    bits.golomb()
    chroma, depth = _chroma(bits) if profile in _WITH_CHROMA else (1, 8)
    _skip_order_counts(bits)
    bits.golomb()
    bits.take(1)
    width, map_height = (bits.golomb() + 1) * 16, (bits.golomb() + 1) * 16
    progressive = bits.take(1)
    if not progressive:
        bits.take(1)
    bits.take(1)
    height = map_height * (2 - progressive)
    crop = [bits.golomb() for _ in range(4)] if bits.take(1) else [0, 0, 0, 0]
    return SequenceParameters(
        profile=profile,
        constraints=constraints,
        level=level,
        width_px=width - (crop[0] + crop[1]) * (2 if chroma in (1, 2) else 1),
        height_px=height - (crop[2] + crop[3]) * (2 if chroma == 1 else 1) * (2 - progressive),
        chroma=chroma,
        bit_depth=depth,
        progressive=bool(progressive),
        fps=_rate(bits) if bits.take(1) else None,
    )


def _chroma(bits: Bits) -> tuple[int, int]:
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    depth = bits.golomb() + 8
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        for number in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if number < 6 else 64)
    return chroma, depth


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


def _skip_order_counts(bits: Bits) -> None:
    bits.golomb()
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.take(1)
        bits.signed_golomb()
        bits.signed_golomb()
        for _ in range(bits.golomb()):
            bits.signed_golomb()


def _rate(bits: Bits) -> Fraction | None:
    """The frame rate of the usability information, where it is given."""
    if bits.take(1) and bits.take(8) == _EXTENDED_SAR:
        bits.take(32)
    if bits.take(1):
        bits.take(1)
    if bits.take(1):
        bits.take(4)
        if bits.take(1):
            bits.take(24)
    if bits.take(1):
        bits.golomb()
        bits.golomb()
    if not bits.take(1):
        return None
    units, ticks = bits.take(32), bits.take(32)
    return Fraction(ticks, 2 * units) if units else None
