"""Opening envelopes: here, or in a process beside this one when many come at once (docs/decisions/0016)."""
