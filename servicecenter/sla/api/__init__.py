"""The API of promises."""
