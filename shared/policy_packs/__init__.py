"""Written policies as data files, one a policy, and the strict reading of them into
`shared.policies.policy`.
"""
