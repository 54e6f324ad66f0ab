"""Whole processes, driven from outside and killed on purpose."""
