"""What is known about the running program."""
