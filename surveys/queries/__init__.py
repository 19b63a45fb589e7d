"""Reads of satisfaction surveys, one file a page."""
