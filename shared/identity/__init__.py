"""Who is at the other end: sessions of staff and of residents, signing in, roles, and the check
against forged requests.

`sessions` is the SQL, `sign_in` the FastAPI dependencies, `same_origin` the check of unsafe
requests, and `personas` the one-click sign-in that exists in the demonstration only. `following` and
`resident_sessions` are the same for residents who follow their own case.
"""
