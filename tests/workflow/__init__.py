"""Tests of carrying out commands, of timers, relay, the API of officers, and import."""
