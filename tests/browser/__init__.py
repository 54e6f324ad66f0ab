"""Pages in a real browser: what people see and do, with scripts and without, checked for access."""
