"""The API of the roll: who I am, communities, buildings, units, people, occupancies."""
