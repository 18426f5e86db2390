"""A page of the desk, and a table as a file."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.desk.asked import PRESETS
from app.desk.book import xlsx_pieces
from app.desk.navigation import WAYS
from app.desk.question import Question
from app.desk.regions import region_choice
from app.desk.tables import Table, csv_pieces, json_pieces, shown
from app.pages.rendering import page
from app.problems import Problem

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PIECES = {"csv": csv_pieces, "json": json_pieces, "xlsx": xlsx_pieces}


class NoSuchDownload(Problem):
    """Tables come as csv, xlsx or json, nothing else."""

    status = 404
    code = "no_such_download"
    title = "Tables come as csv, xlsx or json."


class FileBeingMade(StreamingResponse):
    """A file that is sent as it is made; a reader who leaves ends the making.

    Else its transaction would stay open until somebody collects the garbage.
    """

    def __init__(self, pieces: Generator[bytes], **others: Any) -> None:
        super().__init__(pieces, **others)
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.pieces.close()


def desk_page(session: Session, question: Question, template: str, **context: Any) -> Response:
    """A page below the desk's frame: desk/frame.html and what it needs, with the context.

    extra: further address parameters that the choice of period and place keeps.
    """
    wording = question.wording
    context.setdefault("extra", {})
    return page(
        question.request,
        template,
        asked=question.asked,
        faults=question.faults,
        presets=PRESETS,
        ways=WAYS,
        choice=region_choice(session, question.asked, question.account.region_code),
        clock=question.clock,
        zone=question.house.settings.time_zone,
        shown=lambda column, value: shown(column, value, wording),
        **context,
    )


def checked_kind(kind: str) -> str:
    """The kind of file, if there is such a one. Raises NoSuchDownload."""
    if kind not in PIECES:
        raise NoSuchDownload("表格可以下载为 csv、xlsx 或 json。")
    return kind


def download(question: Question, table: Table, kind: str, name: str) -> Response:
    """The whole table as a file whose name says what it holds. Raises NoSuchDownload."""
    return file_answer(question, PIECES[checked_kind(kind)](table, question.wording), kind, name)


def file_answer(question: Question, pieces: Generator[bytes], kind: str, name: str) -> Response:
    """A file that is sent as it is made."""
    asked = question.asked
    parts = ["nongke", name, asked.start.isoformat(), asked.end.isoformat(), asked.region]
    filename = "_".join(part for part in parts if part) + f".{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Cache-Control": "no-store",
    }
    return FileBeingMade(pieces, headers=headers, media_type=MEDIA_TYPES[kind])
