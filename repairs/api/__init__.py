"""The API of repairs."""
