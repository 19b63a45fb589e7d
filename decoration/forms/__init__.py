"""What is typed: the application part by part, the steps of a permit, rules and contractors."""
