"""Rules of matching that need nothing but the standard library."""
