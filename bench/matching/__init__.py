"""How well matching finds people, beside what one would take instead: docs/MATCHING-QUALITY.md."""
