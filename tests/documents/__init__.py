"""Documents and photos: what is taken, what is kept of it, who looks for viruses, and what is swept."""
