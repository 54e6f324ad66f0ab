"""What was written once must be read for ever: one golden record for every fact there is."""
