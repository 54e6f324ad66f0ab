"""Letters as they were sent: read by the service that writes them, and by whoever hands a case on."""
