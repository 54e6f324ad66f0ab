"""Taking complaints in: the API, the forms, the handover."""
