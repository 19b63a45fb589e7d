"""What pages and forms of every kind of case share: its story, its buttons, the form of a step. No models."""
