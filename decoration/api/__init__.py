"""The API of permits."""
