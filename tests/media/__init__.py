"""Packages over HTTP."""
