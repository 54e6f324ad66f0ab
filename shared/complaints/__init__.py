"""The language all services speak: facts, values and working days. Pure; no decision lives here.

Imports the standard library only; reads no clock, makes no id, does no IO.
"""
