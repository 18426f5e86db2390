"""What routes take from the application."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from app.house import House


def _house(request: Request) -> House:
    return cast(House, request.app.state.house)


HouseDep = Annotated[House, Depends(_house)]
