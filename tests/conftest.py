"""Fixtures that every test may ask for; each starts its server only when a test does."""

pytest_plugins = ["tests.support.broker"]
