"""Who is on duty, what is urgent, when to try again: the standard library only, no input or output."""
