"""Documents and photos that belong to complaints: checked on their way in, kept encrypted, given out to nobody but
those who may see the case.

Promises: what is kept is of a kind that we allow, decided by its content and its name; pictures are made anew, so that
nothing hides in them; contents and names are sealed under the key of the complainant, so that destroying the key makes
them unreadable; what a virus was found in is never given out.
"""
