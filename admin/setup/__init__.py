"""Set-up: five questions, and everything that a node needs is written."""
