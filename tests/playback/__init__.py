"""Packages in the players that households have."""
