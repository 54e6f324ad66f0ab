"""Read models, their API and pages, and the report of a case."""
