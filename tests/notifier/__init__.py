"""Letters and reminders: which, to whom, and how they leave."""
