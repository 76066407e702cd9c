"""What can be read back from what Myosotis sends and keeps: attacks on the real output, with real name frequencies."""
