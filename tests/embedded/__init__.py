"""Tests of the private PostgreSQL."""
