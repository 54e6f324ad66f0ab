"""What the log promises: whole appends, one order, no gap, nothing rewritten unseen."""
