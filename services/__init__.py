"""The three services of a node. They do not know each other."""
