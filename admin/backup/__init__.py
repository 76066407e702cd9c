"""Backup and restore: one encrypted file, checked whole before anything is written."""
