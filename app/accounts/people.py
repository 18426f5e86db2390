"""Making accounts and changing their passwords."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.audit import record
from app.accounts.errors import NameTaken, NoSuchAccount, UnfitName, UnfitRegion
from app.accounts.passwords import hashed, one_time_password
from app.accounts.tables import ROLES, Account
from player_api.errors import RegionNotFound
from player_api.tables import Region

FIRST_ADMIN = "admin"
# Two servers that start at once on a new database make one administrator.
FIRST_ADMIN_LOCK = 7_301_001


def create_first_admin(session: Session) -> str | None:
    """Where there is no account yet, make ``admin``; gives its one-time password, once."""
    session.execute(select(func.pg_advisory_xact_lock(FIRST_ADMIN_LOCK)))
    if session.scalar(select(func.count()).select_from(Account)):
        return None
    return add_account(session, FIRST_ADMIN, "admin")


def add_account(session: Session, name: str, role: str, region: str | None = None) -> str:
    """Make an account; gives the one-time password it signs in with first.

    region: the only one whose figures it sees. Raises UnfitName, NameTaken, UnfitRegion and
    RegionNotFound; ValueError for a role that does not exist.
    """
    if role not in ROLES:
        raise ValueError(f"no such role: {role} (one of {', '.join(ROLES)})")
    if not (1 <= len(name) <= 40) or not name.isprintable() or any(c.isspace() for c in name):
        raise UnfitName
    if find_account(session, name):
        raise NameTaken(f"已经有名为“{name}”的账号。")
    _check_region(session, role, region)
    password = one_time_password()
    account = Account(
        name=name,
        role=role,
        region_code=region,
        password_hash=hashed(password),
        must_change_password=True,
    )
    session.add(account)
    session.flush()
    record(session, None, "account_added", name, role=role, region=region)
    return password


def keep_to_region(session: Session, name: str, region: str | None) -> None:
    """Let the account see the figures of one region only; None: of all, from the next page on.

    Raises NoSuchAccount, UnfitRegion, RegionNotFound.
    """
    account = find_account(session, name)
    if account is None:
        raise NoSuchAccount(f"没有名为“{name}”的账号。")
    _check_region(session, account.role, region)
    account.region_code = region
    record(session, None, "account_region", name, region=region)


def reset_password(session: Session, name: str) -> str:
    """Give the account a one-time password and end its sessions. Raises NoSuchAccount."""
    account = find_account(session, name)
    if account is None:
        raise NoSuchAccount(f"没有名为“{name}”的账号。")
    password = one_time_password()
    _set_hash(account, password)
    account.must_change_password = True
    record(session, None, "password_reset", name)
    return password


def change_password(session: Session, account: Account, password: str) -> None:
    """Set the person's own password; every session of the account ends."""
    _set_hash(account, password)
    account.must_change_password = False
    record(session, account.id, "password_changed", account.name)


def find_account(session: Session, name: str) -> Account | None:
    """The account of that name, if there is one."""
    return session.scalar(select(Account).where(Account.name == name))


def _check_region(session: Session, role: str, region: str | None) -> None:
    if region is None:
        return
    if role != "operator":
        raise UnfitRegion("只有运营账号可以限定地区。")
    if session.get(Region, region) is None:
        raise RegionNotFound(f"没有这个地区代码：{region}")


def _set_hash(account: Account, password: str) -> None:
    account.password_hash = hashed(password)
    account.session_version += 1
