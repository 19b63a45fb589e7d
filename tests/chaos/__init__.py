"""The fault suite: the real processes under load, broken on purpose, and what must still hold afterwards."""
