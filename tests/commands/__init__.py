"""The one-off commands: import, case, dates and seed."""
