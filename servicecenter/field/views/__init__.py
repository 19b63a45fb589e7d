"""Pages of technicians and guards."""
