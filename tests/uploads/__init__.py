"""Uploads by tus, through a real server process."""
