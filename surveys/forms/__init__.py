"""Forms of questionnaires, campaigns and measures."""
