"""What the matching service keeps: alerts encrypted, own cases as pseudonyms, matches by reference."""
