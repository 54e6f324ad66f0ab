"""What one client may do in an hour, on the JSON API."""
