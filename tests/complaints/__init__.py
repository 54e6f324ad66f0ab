"""The rules of a complaint, one file per word of the glossary."""
