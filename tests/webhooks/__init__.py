"""Webhooks against receivers on this machine: what is sent, to whom not, and what happens when it is not taken."""
