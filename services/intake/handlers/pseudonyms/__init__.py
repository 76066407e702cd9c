"""Pseudonyms: asking partners about our cases, and answering partners within their budget (DESIGN 5)."""
