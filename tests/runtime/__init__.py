"""Clock, settings, logging, workers, and who may use a data directory."""
