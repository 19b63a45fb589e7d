"""Endpoints of the desk: the call station, promises to callers."""
