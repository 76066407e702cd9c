"""Invented people for the demonstration, and the script that invents them."""
