"""Pictures that people send: decoded in a process of their own, and written anew (decisions/0025)."""
