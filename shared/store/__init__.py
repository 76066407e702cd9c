"""One database per service: outbox, inbox, sequences, encrypted fields, blind indexes, audit chain."""
