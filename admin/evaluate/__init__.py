"""`myosotis evaluate`: an organisation tries matching on its own old files before it goes live."""
