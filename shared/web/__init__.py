"""What every page and every answer has in common: templates and their layout, errors, security
headers, body limit.

`site.install_web` puts all of it into an application; services call `pages.render` and raise
`problems.Problem`.
"""
