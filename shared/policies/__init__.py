"""The frozen shape of a written complaints policy, and the counting of the dates it asks for. Pure.

Nothing here, nor anywhere in the code, knows a policy by name: what a policy says stands in its
pack.
"""
