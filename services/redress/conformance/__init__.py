"""The conformance kit: plays a landlord to a subscriber, mistreats its deliveries, and says whether it recovered.

Owns      a feed of invented facts, kept in memory and served over HTTP as docs/subscribing.md describes it.
Consumes  the reports of the subscriber under test: what it applied, in its own order.
Publishes the events of that feed to the subscriber's queue in a test broker, some lost, doubled, late or out of order.
Promises  nothing of a real landlord is read or written; every run ends; one seed gives the same faults.
"""
