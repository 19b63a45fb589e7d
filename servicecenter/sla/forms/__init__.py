"""What people type about promises and working time."""
