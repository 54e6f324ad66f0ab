"""A process is killed before and after everything it sends, one place at a time, on real servers."""
