"""The words on the wire: canonical JSON, the sealed envelope, and every message type."""
