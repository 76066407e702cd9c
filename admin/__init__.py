"""The command `myosotis`: what an administrator does with a node, in sentences and without cryptography."""
