"""Alerts a second from the sender's outbox to stored-and-compared at the partner, against the floor."""

from bench.exchange.rounds import Exchange, measure

__all__ = ["Exchange", "measure"]
