"""What a process does besides its work: tell the time, read its settings, log, and start and stop its workers."""
