"""Pages of the owner records."""
