"""Pages of satisfaction surveys: answering, management, interviews, measures."""
