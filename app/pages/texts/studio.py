"""Texts of the studio."""

TEXTS: dict[str, tuple[str, str]] = {}
