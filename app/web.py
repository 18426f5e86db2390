"""What routes take from the application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from app.house import House


async def _house(request: Request) -> House:
    # On the event loop: a plain function would cost each request a trip to a thread.
    return cast(House, request.app.state.house)


T = TypeVar("T")


def one_of_app(name: str, make: Callable[[], T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency that is the same value for every request, made for the first one.

    name: of the application's state, under which it is kept.
    """

    async def kept(request: Request) -> T:
        # On the event loop, so that no two threads make one.
        state = request.app.state
        if not hasattr(state, name):
            setattr(state, name, make())
        return cast(T, getattr(state, name))

    return kept


HouseDep = Annotated[House, Depends(_house)]
