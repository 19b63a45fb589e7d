"""Reads about move-in."""
