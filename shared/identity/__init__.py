"""Who is at the other end: staff sessions, signing in, roles, and the check against forged
requests.

`sessions` is the SQL, `sign_in` the FastAPI dependencies, `same_origin` the check of unsafe
requests, and `personas` the one-click sign-in that exists in the demonstration only.
"""
