"""What a user would take instead of Myosotis; each in an environment of its own (requirements-peers.txt)."""
