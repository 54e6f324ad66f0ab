"""The demonstration: an invented council with an ALMO and two TMOs, and a year of complaints in every state."""
