"""The rules of a complaint, pure: command, decision, event, state.

A *command* is what someone asks or a passing day brings. A *decision* looks at the state, the
policy and the calendar and answers with *events*, or refuses and says why. *State* is what the
events so far add up to, only as far as a later decision needs it. Imports the standard library,
`shared.complaints` and `shared.policies`; time and ids are arguments.
"""
