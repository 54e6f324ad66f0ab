"""Residents follow their own case: signing in, what they read, what they do, and what nobody gets to see."""
