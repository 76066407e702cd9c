"""Keys and the few operations that use them; no other package calls a cryptographic library.

`keyfile` keeps secrets on disk, `signing` says who wrote, `sealing` hides on the way, `rest` hides in the
database, `oprf` makes pseudonyms without learning names, `tags` salts them, `selftest` runs before all that.
"""
