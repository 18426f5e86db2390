"""What plays amount to: sums, sets of boxes, receipts, and statements that stay.

tables.py    the tables: tallies, receipts, reach, peaks, statements
tallies.py   the sums over plays: made anew from them, and proved by a recount
"""
