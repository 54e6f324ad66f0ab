"""Messages, both buses under one contract, and the follower of the feed."""
