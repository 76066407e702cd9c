"""The relay: the operator's side, which admits members, and a member's side, which joins."""
