"""RabbitMQ in memory: exchanges, quorum queues, confirms, prefetch, redelivery, and connections that break.

What publishes and consumes is the product's `RabbitBus`. Left out: permissions, time to live, streams, policies.
"""
