"""The service that compares partners' alerts with the own people, and knows nobody's name (DESIGN 3)."""
