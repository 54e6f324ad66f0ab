"""The one-off commands of `redress`: each does one thing and ends."""
