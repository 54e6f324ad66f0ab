"""The one place that puts the services together, in one process or many, and the `redress` command behind it.

Owns nothing, consumes nothing, publishes nothing: it builds each service from the settings and runs it.
"""
