"""How often a box or an address may ask: token buckets in this process's memory.

Boxes behind a carrier's NAT share one address by the thousand, so a box is limited by its id, and
an address only where no id is known yet. Every server process counts for itself.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from app.settings import Settings
from app.web import HouseDep
from player_api.boxes import CredentialsDep, shown_token
from player_api.errors import TooManyRequests

# About 30 MB. Beyond it the buckets that were used longest ago are forgotten: most likely they
# are full again, which is what a new one is.
MOST_KEYS = 200_000


class Buckets:
    """A bucket a key, of ``burst`` requests, filled again at ``a_minute``; 0 is no limit.

    All that is kept of a bucket is when it will be full (the generic cell rate algorithm).
    """

    def __init__(self, *, a_minute: float, burst: int, most_keys: int = MOST_KEYS) -> None:
        self.interval_s = 60 / a_minute if a_minute else 0.0
        self.burst = burst
        self.most_keys = most_keys
        self._full_at_s: dict[Hashable, float] = {}

    def wait_s(self, key: Hashable, now_s: float) -> float:
        """Take one request; 0 when it is let through, else the seconds until one will be."""
        if not self.interval_s:
            return 0
        # Put in anew, so that the oldest key of the dict is the one used longest ago.
        full_at_s = max(self._full_at_s.pop(key, now_s), now_s)
        wait_s = full_at_s - now_s - (self.burst - 1) * self.interval_s
        # Sums of floats may miss a whole interval by a little.
        let_through = wait_s < self.interval_s / 1000
        self._full_at_s[key] = full_at_s + (self.interval_s if let_through else 0)
        if len(self._full_at_s) > self.most_keys:
            del self._full_at_s[next(iter(self._full_at_s))]
        return 0 if let_through else wait_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The buckets of a server process."""

    events_of_box: Buckets
    events_of_address: Buckets
    introductions: Buckets

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """As the settings say."""
        of_address = settings.address_event_requests_a_minute
        return cls(
            events_of_box=Buckets(
                a_minute=settings.event_requests_a_minute, burst=settings.event_requests_burst
            ),
            events_of_address=Buckets(a_minute=of_address, burst=2 * of_address),
            introductions=Buckets(
                a_minute=settings.introductions_a_minute, burst=settings.introductions_burst
            ),
        )

    def admit_events(self, box_id: UUID, address: str, now_s: float) -> None:
        """Let a request with events in, or raise TooManyRequests."""
        _require(self.events_of_box.wait_s(box_id, now_s))
        _require(self.events_of_address.wait_s(address, now_s))

    def admit_introduction(self, whose: UUID | str, now_s: float) -> None:
        """Let a box of an address introduce itself, or one move; or raise TooManyRequests."""
        _require(self.introductions.wait_s(whose, now_s))


def limits_of(request: Request, settings: Settings) -> Limits:
    """The limits of this server process. Call it on the event loop, so that nothing races."""
    state = request.app.state
    if not hasattr(state, "limits"):
        state.limits = Limits.of(settings)
    limits: Limits = state.limits
    return limits


def address_of(request: Request) -> str:
    """Where a request comes from: behind a trusted proxy, the address that it names.

    A household has a whole /64 of IPv6 addresses, so those count as one.
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


# Dependencies, on the event loop. The signature is checked first: nobody can use up the bucket
# of a box whose token they don't have.


async def admit_introduction(request: Request, house: HouseDep) -> None:
    """Limit introductions."""
    limits = limits_of(request, house.settings)
    limits.admit_introduction(address_of(request), time.monotonic())


async def admit_move(request: Request, house: HouseDep, credentials: CredentialsDep) -> None:
    """Limit moves: each is a row that stays for ever."""
    box_id, _ = shown_token(house.settings, credentials)
    limits_of(request, house.settings).admit_introduction(box_id, time.monotonic())


def _require(wait_s: float) -> None:
    if wait_s:
        raise TooManyRequests(wait_s)
