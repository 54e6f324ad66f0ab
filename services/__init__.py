"""The four services, and the one place that puts them together."""
