"""What a page of the desk weighs and how long it takes, at 10,000 cases."""
