"""E-mail over SMTP: `transport` speaks, `message` writes, `templates/<language>/` hold the words."""
