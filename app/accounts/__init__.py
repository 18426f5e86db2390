"""People: accounts with a role, sign-in, and what they did.

tables.py     accounts and the audit trail        people.py    making accounts, new passwords
passwords.py  argon2, one-time passwords          sessions.py  the signed cookie
throttle.py   how often one may try               access.py    dependencies that guard routes
audit.py      adding to the trail                 routes.py    sign-in, sign-out, own password

An operator may be kept to one region: then it is the only one whose figures they see.
Roles: ``admin`` everything; ``editor`` the studio, and reads the desk; ``operator`` the desk.
"""

from app.accounts.people import add_account, create_first_admin, reset_password

__all__ = ["add_account", "create_first_admin", "reset_password"]
