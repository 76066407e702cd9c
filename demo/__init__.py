"""The demonstration: three invented organisations on one machine."""
