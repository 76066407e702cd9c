"""Intake: cases, consents, alerts and the desk; the only service that may see a person."""
