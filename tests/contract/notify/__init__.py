"""Notify over a real database and a real mail server."""
