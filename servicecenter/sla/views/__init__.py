"""Pages of the management: promises and working time."""
