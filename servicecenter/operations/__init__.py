"""Looking after the running center: who is alive, what is late, what was saved and proved."""
