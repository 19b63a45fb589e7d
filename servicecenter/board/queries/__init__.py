"""Figures of the board: sets of rows, counted by SQL, and the very same rows as lists."""
