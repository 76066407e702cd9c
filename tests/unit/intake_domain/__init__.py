"""Persons, cases, alerts, imports and match keys, without any service."""
