"""How a trace gets over the broker: a header on the message, and from the message to the effect of its event."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from psycopg import Cursor

from shared.eventstore.record import RecordedEvent
from shared.eventstore.traces import traces_of
from shared.messaging.applying import Apply
from shared.messaging.bus import Bus, Message
from shared.runtime.tracing import Kind, is_traced, span_of, traceparent

Row = dict[str, Any]


async def publish_traced(bus: Bus, messages: Sequence[Message]) -> int:
    """Publishes messages that carry the trace of what they tell; to their consumers each then says
    that it came from its publishing.
    """
    if not any(message.traceparent for message in messages):
        return await bus.publish(messages)
    with ExitStack() as publishing:
        sent, spans = [], []
        for message in messages:
            span = publishing.enter_context(
                span_of(
                    message.traceparent,
                    f"publish {message.type}",
                    kind=Kind.PRODUCER,
                    message_id=message.message_id,
                    routing_key=message.routing_key,
                    correlation_id=message.correlation_id,
                )
            )
            sent.append(replace(message, traceparent=span.traceparent))
            spans.append(span)
        confirmed = await bus.publish(sent)
        for place, span in enumerate(spans):
            span.say(confirmed=place < confirmed)
    return confirmed


class EventTraces:
    """The traces of the events whose messages a follower has in hand.

    Effects of many messages share a transaction, so each event is found its own trace by its place.
    An event whose message is lost or late came from the feed itself; its trace goes on from its command.
    """

    def __init__(self, consumer: str, apply: Apply) -> None:
        self._consumer = consumer
        self._apply = apply
        self._known: dict[tuple[str, int], str] = {}

    @contextmanager
    def noted(self, landlord: str, seq: int) -> Iterator[None]:
        """The trace under way is that of the event, as long as its message is in hand."""
        mine = traceparent()
        if mine is None:
            yield
            return
        self._known[landlord, seq] = mine
        try:
            yield
        finally:
            self._known.pop((landlord, seq), None)

    def apply(self, cursor: Cursor[Row], event: RecordedEvent) -> None:
        """The effect, as a step of the event's trace."""
        if not is_traced():
            self._apply(cursor, event)
            return
        with span_of(
            self._known.get((event.landlord, event.seq)) or _from_command(cursor, event),
            f"apply {self._consumer}",
            landlord=event.landlord,
            complaint=event.stream,
            event=event.name,
            event_id=str(event.event_id),
            correlation_id=event.correlation_id,
            causation_id=event.causation_id,
        ):
            self._apply(cursor, event)


def _from_command(cursor: Cursor[Row], event: RecordedEvent) -> str | None:
    return traces_of(cursor, event.landlord, [event.command_id]).get(event.command_id)
