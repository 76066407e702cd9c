"""What people and messages can make intake do: one use case a class, everything it needs handed in."""
