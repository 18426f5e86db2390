"""What plays amount to: sums, sets of boxes, receipts, and statements that stay.

tables.py    the tables: tallies, receipts, reach, peaks, statements
tallies.py   the sums over plays: made anew from them, and proved by a recount

Statements (README.md is for those who check them):

    bodies.py      what a month's plays counted at its freeze, in one fixed form
    freezing.py    a month is frozen: its body, hash, signature and place in the chain
    signing.py     the key                     statements.py  reading them, and as files
    chain.py       proved by themselves        proving.py     proved by plays and tallies
    reducing.py    old plays let go            kept.py        which plays are still there
    xapi.py        plays for record stores     open_data.py   figures that anybody may have
    months.py      calendar months             named_sql.py   the SQL of all these, from sql/
"""
