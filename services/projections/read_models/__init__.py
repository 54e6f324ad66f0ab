"""One module per read model: the fold from facts to rows, and the questions asked of the rows.

A fold takes nothing but the fact and its envelope: no clock, no calendar, no other table. So the
same feed gives the same rows for ever, whenever it is folded; what depends on the day of asking
("days left") is worked out by the query.
"""
