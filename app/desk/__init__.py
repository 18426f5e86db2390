"""The operators' pages: who watched what, where and when, down to each play.

asked.py    dates and region that are asked for      figures.py  sums over tallies, from sql/
tables.py   one table: as page, CSV and Excel        regions.py  the choice of places
routes.py   pages and downloads

reports.py  the further pages, each a sheet.py with one table: live.py (now, peaks),
            retention.py with frames.py, coverage.py, searches.py, receipts.py, flags.py,
            definitions.py

A page and its downloads come from the same table value, so their numbers can't differ.
"""
