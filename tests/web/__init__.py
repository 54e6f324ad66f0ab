"""What all pages and answers have in common."""
