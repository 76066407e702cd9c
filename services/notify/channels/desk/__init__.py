"""The desk: intake's read model learns how far telling people has come."""
