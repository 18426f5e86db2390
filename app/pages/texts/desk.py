"""Texts of the desk."""

TEXTS: dict[str, tuple[str, str]] = {}
