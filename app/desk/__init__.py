"""The operators' pages: who watched what, where and when, down to each play.

question.py    who asks, for which days and region   asked.py       the days, and those before
regions.py     menus of places, an account's limit   subjects.py    category, tag, course, lesson
look.py        the view, its order, the comparison   sources.py     which tally answers what
figures.py     sums by a key, from sql/              boxes.py       how many boxes
breakdowns.py  lines by what and where               times.py       lines by when
plays.py       lists of plays, page by page          narrowing.py   what a list is kept to
plays_table.py the same as a table                   cards.py       figures with their growth
views.py       the table of each view                pictures.py    what the charts draw
columns.py     one table and its values              tables.py      the same as CSV, Excel, JSON
answers.py     a page; a file, sent as it is made    navigation.py  the desk's ways
routes.py      the addresses

reports.py  the further pages, each a sheet.py with one table: live.py (now, peaks),
            retention.py with frames.py, coverage.py, groups.py, searches.py, receipts.py,
            flags.py, definitions.py

A page and its downloads come from the same table value, so their numbers can't differ.
"""
