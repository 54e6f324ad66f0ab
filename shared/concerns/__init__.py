"""Matters that a complaint may hold and that have a clock in law beside the complaint's: a hazard in
the home, misuse of personal data. Which there are and how long each may take is data.
"""
