"""How a landlord's pages look and what is told at the top of them: read by every service, written by administration."""
