"""What a written policy says, what is wrong with one, and how one is held against another."""
