"""Subscribers tried against the conformance kit: the one to copy, one from outside, and some that are wrong."""
