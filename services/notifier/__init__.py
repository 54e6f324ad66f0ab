"""Notifier: writes to complainants and reminds officers, once per event and recipient.

Owns      the schema `notifier`: one row per letter, the little about each complaint that letters
          need, the landlords' own wordings, and the outbox folder, into which everything goes that
          no mail server takes.
Consumes  the feed of facts (`notifier.feed.v1`).
Publishes nothing.
Promises  a letter per event and recipient is decided exactly once; its words are written only
          when it is sent, from the vault, so that an erased complainant gets none; what cannot be
          sent stays visible with its reason; what was sent can be read until the key of the
          complainant is destroyed.
"""
