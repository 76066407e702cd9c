"""New keys in place of old ones: root key, role keys, sealing keys, pseudonym keys."""
