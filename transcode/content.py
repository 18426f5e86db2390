"""What is known of a film's content: numbers measured on sampled scenes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RungCost:
    """What a rung needs where it is not capped. Of the picture alone."""

    rung: str
    average_bps: int
    busiest_bps: int  # of the scene that needs most
    moving_share: float  # of the bits, those outside of key frames


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the probe encodes say of a film. Serialisable."""

    scenes: int
    costs: tuple[RungCost, ...]  # largest rung first; empty: not probed

    def cost_of(self, rung: str) -> RungCost | None:
        return next((cost for cost in self.costs if cost.rung == rung), None)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Content:
        costs = tuple(RungCost(**cost) for cost in plain["costs"])
        return cls(**plain | {"costs": costs})


UNKNOWN = Content(scenes=0, costs=())
