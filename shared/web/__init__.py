"""Small helpers for the pages of a service: safe headers, error pages without content, health."""
