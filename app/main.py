"""The ASGI application: mounts every part and maps errors to answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from sqlalchemy.orm import Session

from app import health, media
from app.accounts import routes as accounts
from app.accounts.access import EditorDep
from app.desk import reports, statements
from app.desk import routes as desk
from app.house import House
from app.origins import PlayerOrigins
from app.pages import landing
from app.pages.assets import mount_assets
from app.pages.failures import map_page_failures
from app.pages.tv import mount_tv
from app.problems import map_errors
from app.studio import courses, lessons, preview, videos
from app.wall import routes as wall
from catalog.editing import add_uploaded_lesson
from player_api import box_routes, cmcd_routes, event_routes, search_routes
from player_api import routes as player
from transcode.tables import Upload, Video
from transcode.upload_routes import uploads_router


def create_app(house: House) -> FastAPI:
    """The whole service on one house."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for route in app.routes:  # FastAPI builds them when first asked: not while a box waits
            route.matches({"type": "http", "method": "GET", "path": "/", "headers": []})
        yield
        if hasattr(app.state, "collector"):
            await app.state.collector.close()
        house.db.close()

    app = FastAPI(title="Nongke", version="1", lifespan=lifespan)
    app.state.house = house
    map_errors(app)
    map_page_failures(app)
    app.include_router(health.router)
    app.include_router(landing.router)
    app.include_router(accounts.router)
    for part in (player, box_routes, event_routes, search_routes, cmcd_routes):
        app.include_router(part.router)
    app.router.routes.insert(0, event_routes.ROUTE)
    app.include_router(media.router)
    uploads = uploads_router(on_accepted=[place_upload])
    app.include_router(uploads, dependencies=[Depends(own_uploads)])
    for pages in (courses, lessons, videos, statements, desk, reports):
        app.include_router(pages.router)
    app.include_router(preview.pages)
    app.include_router(preview.api)
    for card in (wall.studio, wall.desk):
        app.include_router(card)
    mount_assets(app)
    mount_tv(app)
    if house.settings.origins:
        app.add_middleware(PlayerOrigins, origins=house.settings.origins)
    return app


def own_uploads(request: Request, account: EditorDep) -> None:
    """An upload belongs to the editor who is signed in."""
    request.state.owner = account.name


def place_upload(session: Session, upload: Upload, video: Video) -> None:
    """A finished upload gets the place in the catalogue that its editor chose for it."""
    add_uploaded_lesson(session, upload.labels, video)
