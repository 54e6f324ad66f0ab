"""What administrators keep: people, organisations, the landlord's look, what is told on every page."""
