"""Alerts: what leaves the house, to whom, and what became of it there."""
