"""The whole system in one order of time: real code, seeded order, virtual clock, the faults of docs/simulation.md.

What runs is the product's own code. What is modelled are the two servers it talks to (`postgres`, `rabbitmq`), the
event loop and the threads (`scheduling`), and the people who use it (`people`). A run is a number, its seed.
"""
