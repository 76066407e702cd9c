"""Notify without servers: rota, urgency, wording, channels."""
