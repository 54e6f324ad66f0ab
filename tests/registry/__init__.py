"""What is known of landlords, officers, policies and calendars."""
