"""The contract suite of the bus, on the model of the broker: the same tests that RabbitMQ passes in tests/messaging."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.messaging.bus_contract import QUICK, BusContract
from tests.simulation.rabbitmq.broker import Broker, Calm
from tests.simulation.rabbitmq.bus import ModelBus
from tests.support.eventually import eventually_async


@pytest.fixture
async def bus() -> AsyncIterator[ModelBus]:
    broker = Broker(Calm(asyncio.get_running_loop()))
    model = ModelBus(broker, name="tests", waits=QUICK)
    await model.start()
    await eventually_async(model.connected)
    yield model
    await model.stop()


class TestModelOfRabbitMQ(BusContract):
    """The contract, on the model."""
