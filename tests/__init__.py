"""The tests of Redress; each folder is named after what it proves."""
