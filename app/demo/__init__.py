"""The demonstration library: what a first start shows before anyone has uploaded a film.

In: nothing but the files beside these modules. Out: values, and short films on request.

- ``courses``: four great categories with their sub-categories, 223 courses and their lessons,
  read from ``library/*.csv``.
- ``regions``: the province's administrative tree, read from ``regions.csv``.
- ``clips``: which films there are, which one a lesson shows, and making one with FFmpeg.
- ``scenes``: the drawn pictures; ``shapes``: drawing; ``titling``: captions and clock;
  ``sounds``: music; ``filming``: FFmpeg's command lines.
- ``seed``: the library put into the catalogue.

All persons and films in it are invented, and every film says so in a corner.
All but ``seed`` is free of database and environment: paths are passed in.
"""
