"""Reads of the front desk, one module per page or part of one."""
