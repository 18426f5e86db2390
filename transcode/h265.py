"""Read what an HEVC sequence parameter set says (ITU-T H.265, 7.3.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from transcode.h264 import Bits

VPS, SPS, PPS = 32, 33, 34
# Slices, and those that a player can start with (7.4.2.2).
PICTURES, RANDOM_ACCESS = range(32), range(16, 22)
_PROFILE_BYTES = 12


@dataclass(frozen=True, kw_only=True)
class SequenceParameters:
    codec: str  # as in the CODECS attribute
    width_px: int
    height_px: int
    chroma: int  # 1: 4:2:0
    bit_depth: int

    @property
    def plain(self) -> bool:
        """What every decoder of HEVC shows: 4:2:0, 8 bit."""
        return (self.chroma, self.bit_depth) == (1, 8)


def unit_type(unit: bytes) -> int:
    return unit[0] >> 1 & 63


def codec(profile: bytes) -> str:
    """As in the CODECS attribute (ISO/IEC 14496-15, annex E). profile: profile, tier and level as
    a parameter set and the configuration record have them. Raises ValueError for fewer bytes."""
    if len(profile) < _PROFILE_BYTES:
        raise ValueError("cut off")
    space, tier = ("", "A", "B", "C")[profile[0] >> 6], "H" if profile[0] & 32 else "L"
    # The compatibility flags are written in the reverse order of their bits.
    flags = int(f"{int.from_bytes(profile[1:5], 'big'):032b}"[::-1], 2)
    constraints = profile[5:11].rstrip(b"\0")
    told = [f"hvc1.{space}{profile[0] & 31}", f"{flags:X}", f"{tier}{profile[11]}"]
    return ".".join([*told, *(f"{byte:X}" for byte in constraints)])


def parse_sps(unit: bytes) -> SequenceParameters:
    """unit: with its two-byte header. Raises ValueError for other units, and cut ones."""
    if len(unit) < 3 or unit_type(unit) != SPS:
        raise ValueError("not a sequence parameter set")
    payload = unit[2:].replace(b"\x00\x00\x03", b"\x00\x00")
    bits = Bits(payload[1 + _PROFILE_BYTES :])
    _skip_layers(bits, payload[0] >> 1 & 7)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    width, height = bits.golomb(), bits.golomb()
    crop = [bits.golomb() for _ in range(4)] if bits.take(1) else [0, 0, 0, 0]
    return SequenceParameters(
        codec=codec(payload[1 : 1 + _PROFILE_BYTES]),
        width_px=width - (crop[0] + crop[1]) * (2 if chroma in (1, 2) else 1),
        height_px=height - (crop[2] + crop[3]) * (2 if chroma == 1 else 1),
        chroma=chroma,
        bit_depth=bits.golomb() + 8,
    )


def _skip_layers(bits: Bits, count: int) -> None:
    """Profiles and levels of temporal layers below the whole."""
    told = [(bits.take(1), bits.take(1)) for _ in range(8 if count else 0)][:count]
    for profile, level in told:
        bits.take(88 * profile + 8 * level)
