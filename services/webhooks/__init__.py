"""Webhooks: sends each landlord's events over HTTPS to systems that do not speak AMQP, in order and at least once.

Owns      the schema `webhooks`: who is sent what, how far each has got, and the log of attempts.
Consumes  the feeds of facts, from the log itself.
Publishes nothing; it posts CloudEvents, signed as Standard Webhooks asks.
Promises  an event is sent only after the one before it was taken; what was taken is never forgotten; no request goes
          to an address inside the network; a receiver that is gone for days is no longer called, and that shows.
"""
