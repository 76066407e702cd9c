"""The ways to tell people: one folder each, found by `registry`. To add a channel, add a folder."""
