"""Who opened which page of which case."""
