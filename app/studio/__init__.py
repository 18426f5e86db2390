"""The editors' pages: courses, their lessons, and videos on their way.

courses.py   list, form, publishing        lessons.py   order, titles, removal
videos.py    states, retry, cancel         progress.py  states and remedies in words
shelf.py     what the lists show           forms.py     what was typed, and what is wrong with it
preview.py   a course on the TV page before it is published

Every change is made by catalog.editing or transcode.publish and noted in the audit trail, in
one transaction.
"""
