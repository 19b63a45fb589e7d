"""Pages of permits: the same on every face."""
