"""Attacks on what Myosotis really sends and keeps, with real name frequencies: what can be read back."""
