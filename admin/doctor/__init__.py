"""`myosotis doctor`: one line a check, and a sentence how to mend what is not right."""
