"""Who there is and what they adopted: landlords, organisations, officers, policies in force,
calendars.
"""
