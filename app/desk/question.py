"""What a request to the desk asks for, and who asks: a dependency of every page and file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.access import OperatorDep
from app.desk.asked import LONGEST_DAYS, Asked, default_period, read_period
from app.desk.columns import Wording
from app.desk.regions import is_region, own_region, wanted_region
from app.house import House
from app.pages.rendering import language_of
from app.pages.texts import Translate, translator
from app.web import HouseDep

# All statements of an answer see the same counts, so its figures agree with each other;
# compiling a statement takes longer than any of ours runs.
READING = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL jit = off"


class Question:
    """The period and region of the address, and what was wrong with them.

    The region is never outside the account's own; who asks for more gets OutsideOwnRegion.
    """

    def __init__(
        self,
        request: Request,
        house: HouseDep,
        account: OperatorDep,
        period: str = "",
        days: str = "",
        start: Annotated[str, Query(alias="from")] = "",
        end: Annotated[str, Query(alias="to")] = "",
        region: str = "",
        prefecture: str = "",
        county: str = "",
        township: str = "",
    ) -> None:
        self.house = house
        self.request = request
        self.account = account
        self.t: Translate = translator(language_of(request))
        self.now = house.now()
        local = self.now.astimezone(house.settings.zone)
        self.today, self.hour = local.date(), local.hour
        self.faults: list[str] = []
        code = wanted_region(region.strip(), prefecture, county, township)
        code = self._allowed_region(code)
        asked = read_period(period or days, start, end, self.today, code)
        if asked is None:
            self.faults.append(self.t("desk.fault.dates", days=LONGEST_DAYS))
            asked = default_period(self.today, code)
        self.asked: Asked = asked

    def _allowed_region(self, code: str) -> str:
        with self.house.db.begin() as session:
            if not is_region(session, code):
                self.faults.append(self.t("desk.fault.region"))
                code = ""
            return own_region(session, code, self.account.region_code)

    @property
    def wording(self) -> Wording:
        """How tables write their values in the reader's language."""
        return Wording(
            yes=self.t("table.yes"),
            no=self.t("table.no"),
            new=self.t("growth.new"),
            zone=self.house.settings.zone,
        )

    @property
    def clock(self) -> str:
        """The time of the answer on the house's own clock."""
        return self.now.astimezone(self.house.settings.zone).strftime("%Y-%m-%d %H:%M:%S")


QuestionDep = Annotated[Question, Depends()]


@contextmanager
def reading(house: House) -> Iterator[Session]:
    """A transaction in which everything that is read fits together."""
    with house.db.begin() as session:
        session.execute(text(READING))
        yield session
