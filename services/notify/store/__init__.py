"""Notify's own tables: the rota, what waits, and who was told of it."""
