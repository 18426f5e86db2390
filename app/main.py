"""The ASGI application: mounts every part and maps errors to answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import health
from app.house import House
from app.problems import map_errors


def create_app(house: House) -> FastAPI:
    """The whole service on one house."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        house.db.close()

    app = FastAPI(title="Nongke", version="1", lifespan=lifespan)
    app.state.house = house
    map_errors(app)
    app.include_router(health.router)
    return app
