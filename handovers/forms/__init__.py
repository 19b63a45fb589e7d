"""The forms of move-in."""
