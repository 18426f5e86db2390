"""What can go wrong with the demonstration library.

DemoError
└── FilmNotMade
"""


class DemoError(Exception):
    """Something about the demonstration library failed."""

    code = "demo"


class FilmNotMade(DemoError):
    """FFmpeg could not make a demonstration film; its last lines say why.

    A retry helps only when the disk was full or the machine out of memory.
    """

    code = "film_not_made"
