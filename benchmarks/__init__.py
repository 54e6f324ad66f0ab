"""Measurements, each as a ratio to a floor or to what a user would otherwise get, in the same run."""
