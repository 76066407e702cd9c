"""Tells the people on duty that something waits, never what. Holds no key and no case (rules 5 and 8)."""
