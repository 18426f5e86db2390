"""The catalogue: what editors arrange and boxes browse.

tables.py    categories, courses, lessons, tags      pinyin.py     how titles sort and are found
editing.py   changes, one function each              errors.py     what an editor can do wrong
menu.py      the published catalogue as a document   search.py     by pinyin, number or words
importing.py files and folders become courses

A video is known here only by its id, state and duration; boxes and plays are not known at all.
"""
