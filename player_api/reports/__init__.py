"""What plays amount to: sums, sets of boxes, receipts, and statements that stay.

tables.py    the tables: tallies, receipts, reach, curves, peaks, statements
tallies.py   the sums over plays: made anew from them, and proved by a recount

Rolled up from plays now and then (rollups.py), exact also while they are stale:

    periods.py     what of a period is rolled up   reach.py       how many different boxes watched
    peaks.py       plays at once, now and at most  coverage.py    boxes heard, silent, never heard
    sets.py        the sets of boxes, from plays   recounts.py    all proved by plays, or mended
    retention.py   which parts of a lesson were seen              curves.py      the same by month
    definitions.py every constant of the counting  queries.py     their SQL, by region and period

Statements (README.md is for those who check them):

    bodies.py      what a month's plays counted at its freeze, in one fixed form
    freezing.py    a month is frozen: its body, hash, signature and place in the chain
    signing.py     the key                     statements.py  reading them, and as files
    chain.py       proved by themselves        proving.py     proved by plays and tallies
    reducing.py    old plays let go            kept.py        which plays are still there
    xapi.py        plays for record stores     open_data.py   figures that anybody may have
    months.py      calendar months             named_sql.py   the SQL of all these, from sql/
"""
