"""The page of the wall card. It shows the sheets as they will be printed, and prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import editor_only, operator_only
from app.desk.navigation import WAYS
from app.desk.question import Question, QuestionDep, reading
from app.desk.regions import region_choice
from app.pages.rendering import page
from app.studio.shelf import shelves
from app.wall import codes
from app.wall.deck import Deck, PrintedCourse, read_deck
from app.wall.sheets import Sheet, chapters, sheets, unknown_numbers
from app.wall.wish import MONTHS, MOST_SHEETS, SIZES, Wish, WishQuery
from player_api.regions import children, path_of

COUNTY_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose wall a card is for: names from the county down, and the village as it was typed."""

    names: Sequence[str]
    village: str

    @property
    def title(self) -> str:
        """The heading of the card; empty when nobody said where it will hang."""
        return " ".join([*self.names, *([self.village] if self.village else [])])


def card_page(question: QuestionDep, query: Annotated[WishQuery, Depends()]) -> Response:
    """The form, and under it every sheet."""
    wish = query.wish(question.today.month)
    with reading(question.house) as session:
        deck = read_deck(session)
        choice = region_choice(session, question.asked, question.account.region_code)
        paper = sheets(chapters(deck, wish), wish.size)
        return page(
            question.request,
            "wall/page.html",
            wish=wish,
            asked=question.asked,
            ways=WAYS,
            faults=question.faults,
            menus=choice.menus,
            shelves=shelves(session),
            # Nothing typed yet is no mistake.
            unknown=unknown_numbers(deck, wish) if wish.by == "hand" else [],
            months=MONTHS,
            sizes=SIZES,
            most_sheets=MOST_SHEETS,
            of_county=len(question.asked.region) == COUNTY_DIGITS,
            places=_places(session, question, wish),
            paper=paper,
            **_words(question, deck, wish),
        )


def _words(question: Question, deck: Deck, wish: Wish) -> dict[str, Any]:
    """What the sheets say above their courses, and where their codes lead."""
    t = question.t
    base = question.house.settings.public_url or str(question.request.base_url)
    great = deck.great()

    def heading(sheet: Sheet) -> str:
        if wish.by == "season":
            return t("wall.heading.season", month=t(f"wall.month.{wish.month}"))
        if wish.by == "category" and sheet.category_id is not None:
            return deck.titles[sheet.category_id]
        return t("wall.heading.all")

    def list_code(sheet: Sheet) -> str:
        return codes.code(codes.list_address(base, sheet.category_id))

    def course_code(course: PrintedCourse) -> str:
        return codes.code(codes.course_address(base, course.number))

    def hue(course: PrintedCourse) -> int:
        """Which of the television's four colours the course wears there."""
        return great.index(course.shelf[0]) % 4

    return {"heading": heading, "list_code": list_code, "course_code": course_code, "hue": hue}


def _places(session: Session, question: Question, wish: Wish) -> list[Place]:
    """The place that is asked for, or each township of the county."""
    code = question.asked.region
    if not (wish.each and len(code) == COUNTY_DIGITS):
        return [_place(session, code, wish)]
    home = question.house.settings.region
    below = [one.code for one in children(session, code, home=home, today=question.today)]
    return [_place(session, township, wish) for township in below or [code]]


def _place(session: Session, code: str, wish: Wish) -> Place:
    # A card says county and township; a whole prefecture's says the prefecture.
    path = path_of(session, code)
    return Place(names=path[1:] or path, village=wish.village)


def _router(prefix: str, guard: Callable[..., Any]) -> APIRouter:
    router = APIRouter(prefix=prefix, include_in_schema=False, dependencies=[Depends(guard)])
    router.add_api_route("/wall-card", card_page, methods=["GET"])
    return router


studio = _router("/studio", editor_only)
desk = _router("/desk", operator_only)
