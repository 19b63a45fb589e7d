"""Reads about duty: who answers now, the roster of a week, and whom a rung of a ladder means."""
