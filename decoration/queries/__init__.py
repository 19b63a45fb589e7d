"""Reads about decoration."""
