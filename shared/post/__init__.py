"""The post office of a service: seal, outbox, bus; and back: bus, open, inbox, handler (PROTOCOL 5)."""
