"""What routes take from the application."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from app.house import House


async def _house(request: Request) -> House:
    # On the event loop: a plain function would cost each request a trip to a thread.
    return cast(House, request.app.state.house)


HouseDep = Annotated[House, Depends(_house)]
