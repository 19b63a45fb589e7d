"""Reads about complaints and inquiries that every face shows alike."""
