"""What tests lean on: private servers, and waiting for a condition."""
