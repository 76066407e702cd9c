"""What intake knows about people, cases and alerts. Imports the standard library and nothing else."""
