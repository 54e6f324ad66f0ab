"""What each service adds to a process: routes, workers and subscriptions; a process may hold one service or all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fastapi import APIRouter

from services.administration.brand_pages import router as brand_pages
from services.administration.desk import Office
from services.administration.notice_pages import router as notice_pages
from services.administration.organisation_pages import router as organisation_pages
from services.administration.people_pages import router as people_pages
from services.administration.retention_pages import router as retention_pages
from services.intake.api import router as intake_router
from services.intake.handover import Handover
from services.intake.submissions import Intake
from services.intake.sweeping import Sweeper
from services.notifier.api import router as mailbox_router
from services.notifier.correspondence_pages import router as correspondence_router
from services.notifier.gateways import configured_gateways
from services.notifier.previewing import router as preview_router
from services.notifier.resident_letters import router as resident_letters
from services.notifier.sending import Sender
from services.notifier.sign_in_pages import router as sign_in_pages
from services.notifier.signing_in import SignIn
from services.notifier.wording_desk import WordingDesk
from services.notifier.wording_pages import router as wording_router
from services.notifier.writing import Writer
from services.projections.api import router as projections_router
from services.projections.approval_pages import router as approval_pages
from services.projections.board_changes import Streams
from services.projections.board_changes import router as board_changes
from services.projections.board_past_pages import router as board_past_pages
from services.projections.calendar_pages import router as calendar_pages
from services.projections.document_pages import router as document_pages
from services.projections.figures_keeping import FiguresKeeper
from services.projections.figures_pages import router as figures_pages
from services.projections.handled_pages import router as handled_pages
from services.projections.pages import router as board_pages
from services.projections.past_pages import router as past_pages
from services.projections.read_pages import router as read_pages
from services.projections.reading import Reading
from services.projections.reads import ReadsSweeper
from services.projections.resident_course import Courses
from services.projections.resident_pages import router as resident_pages
from services.projections.search_pages import router as search_pages
from services.projections.simulation_pages import router as simulation_pages
from services.projections.simulation_worker import Simulator
from services.projections.view_pages import router as view_pages
from services.redress.assembly import (
    ADMINISTRATION,
    INTAKE,
    NOTIFIER,
    PROJECTIONS,
    WEBHOOKS,
    WORKFLOW,
    Installation,
)
from services.redress.consumers import CONSUMERS, letter_worker
from services.redress.operation_page import router as operation_page
from services.redress.stages import (
    LETTERS_TO_TRY,
    NOTIFIER_LAG,
    OUTBOX,
    PROJECTIONS_LAG,
    RELAY,
    TIMERS,
    WEBHOOKS_TO_TRY,
)
from services.webhooks.delivering import WebhookSender
from services.workflow.action_pages import router as actions_router
from services.workflow.administration_pages import router as administration_router
from services.workflow.adoption_desk import AdoptionDesk
from services.workflow.allocation_pages import router as allocation_router
from services.workflow.api import router as workflow_router
from services.workflow.calendar_adoption_pages import router as calendars_router
from services.workflow.document_pages import router as document_upload
from services.workflow.feeds import router as feeds_router
from services.workflow.policy_adoption_pages import router as policy_adoption_router
from services.workflow.policy_pages import router as policies_router
from services.workflow.receiving import Receiving
from services.workflow.relay import Relay
from services.workflow.resident_desk import ResidentDesk
from services.workflow.resident_files import ResidentFiles, file_allowances
from services.workflow.resident_information import router as resident_information
from services.workflow.resident_pages import router as resident_forms
from services.workflow.staff import StaffDesk
from services.workflow.timers import TimerService
from services.workflow.waking import GrowthListener, GrowthTeller
from shared.allowances.sweeping import AllowanceSweeper
from shared.documents.keeping import Keeper
from shared.identity.personas import persona_router
from shared.identity.signing_out import sign_out_router
from shared.messaging.bus import Bus, Handler
from shared.messaging.topology import COMPLAINT_RECEIVED, Queue
from shared.runtime.worker import Worker

AfterAppend = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """What a service adds to the process it runs in; `role` is the database role it works under."""

    role: str
    routers: tuple[APIRouter, ...] = ()
    workers: tuple[Worker, ...] = ()
    subscriptions: tuple[tuple[Queue, Handler], ...] = ()
    stages: tuple[str, ...] = ()  # whose backlog tells whether this part does its work


def intake_part(inst: Installation, bus: Bus) -> Part:
    """Takes complaints in and hands them over."""
    database = inst.database(INTAKE)
    handover = Handover(database=database, bus=bus, clock=inst.clock)
    shelf = inst.shelf(INTAKE)
    intake = Intake(
        database=database,
        vault=inst.vault,
        clock=inst.clock,
        default_landlord=inst.settings.landlord,
        after_commit=handover.wake,
    )
    return Part(
        role=INTAKE,
        routers=(intake_router(intake, settings=inst.settings, shelf=shelf),),
        workers=(handover, Sweeper(database=database, clock=inst.clock, shelf=shelf)),
        stages=(OUTBOX,),
    )


def workflow_part(inst: Installation, after_append: AfterAppend | None = None) -> Part:
    """Opens complaints and takes the officers' commands; people sign out here, and in the demonstration in."""
    handling = inst.handling(after_append=after_append)
    desk = AdoptionDesk(
        recorder=inst.recorder,
        database=inst.database(WORKFLOW),
        clock=inst.clock,
        after_append=after_append,
    )
    shelf = inst.shelf(WORKFLOW)
    resident_desk = ResidentDesk(handling)
    routers = [
        workflow_router(handling),
        # Before the actions: the form with files stands in the place of a plain one.
        document_upload(StaffDesk(handling), shelf),
        actions_router(handling),
        allocation_router(StaffDesk(handling)),
        administration_router(),
        policies_router(desk),
        policy_adoption_router(desk),
        calendars_router(desk),
        resident_forms(resident_desk),
        resident_information(
            ResidentFiles(
                resident_desk, shelf, file_allowances(inst.database(WORKFLOW), inst.vault)
            )
        ),
        feeds_router(inst.database(WORKFLOW)),
        sign_out_router(settings=inst.settings, database=inst.database(WORKFLOW)),
    ]
    if inst.settings.is_demonstration:
        routers.append(
            persona_router(
                settings=inst.settings, database=inst.database(WORKFLOW), clock=inst.clock
            )
        )
    return Part(
        role=WORKFLOW,
        routers=tuple(routers),
        workers=(
            Keeper(shelf),
            AllowanceSweeper(inst.database(WORKFLOW), inst.clock, inst.settings.landlord),
        ),
        subscriptions=((COMPLAINT_RECEIVED, Receiving(handling)),),
    )


def timers_part(inst: Installation, after_append: AfterAppend | None = None) -> Part:
    """Turns due dates into facts."""
    timers = TimerService(
        recorder=inst.recorder,
        database=inst.database(WORKFLOW),
        clock=inst.clock,
        after_append=after_append,
    )
    return Part(role=WORKFLOW, workers=(timers,), stages=(TIMERS,))


def relay_part(relay: Relay) -> Part:
    """Carries the feeds to the bus."""
    return Part(role=WORKFLOW, workers=(relay,), stages=(RELAY,))


def make_relay(inst: Installation, bus: Bus) -> Relay:
    """The relay, which those who append in the same process may wake."""
    return Relay(database=inst.database(WORKFLOW), bus=bus, clock=inst.clock)


def notifier_part(inst: Installation, bus: Bus) -> Part:
    """Writes and sends letters and reminders."""
    database = inst.database(NOTIFIER)
    mail, outbox = configured_gateways(inst.settings)
    writer = Writer(
        sender_address=inst.settings.sender_address, public_url=inst.settings.public_url
    )
    sender = Sender(
        database=database,
        vault=inst.vault,
        clock=inst.clock,
        writer=writer,
        outbox=outbox,
        mail=mail,
    )
    routers = (
        mailbox_router(
            database=database, outbox=outbox, is_demonstration=inst.settings.is_demonstration
        ),
        preview_router(database=database, sender=sender, clock=inst.clock),
        correspondence_router(database=database, vault=inst.vault, clock=inst.clock),
        wording_router(WordingDesk(database, sender, writer, inst.clock)),
        resident_letters(database=database, vault=inst.vault),
        sign_in_pages(
            SignIn(database=database, vault=inst.vault, clock=inst.clock, settings=inst.settings)
        ),
    )
    return Part(
        role=NOTIFIER,
        routers=routers,
        workers=(letter_worker(inst, bus), sender),
        stages=(NOTIFIER_LAG, LETTERS_TO_TRY),
    )


def webhooks_part(inst: Installation) -> Part:
    """Sends the feeds to other systems over HTTPS."""
    sender = WebhookSender(
        database=inst.database(WEBHOOKS),
        clock=inst.clock,
        seal=inst.webhook_seal,
        poster=inst.poster(),
    )
    return Part(role=WEBHOOKS, workers=(sender,), stages=(WEBHOOKS_TO_TRY,))


def administration_part(inst: Installation) -> Part:
    """Looks after people and organisations, under the one role that may write them."""
    office = Office(database=inst.database(ADMINISTRATION), clock=inst.clock)
    routers = (
        people_pages(office),
        organisation_pages(office),
        brand_pages(office),
        notice_pages(office),
        retention_pages(office),
        operation_page(inst),
    )
    return Part(role=ADMINISTRATION, routers=routers)


def projections_part(inst: Installation, bus: Bus) -> Part:
    """Keeps the read models and shows them."""
    reading = Reading(database=inst.database(PROJECTIONS), vault=inst.vault, clock=inst.clock)
    shelf = inst.shelf(PROJECTIONS)
    routers = (
        board_pages(reading),
        view_pages(reading),
        handled_pages(reading),
        read_pages(reading),
        calendar_pages(reading),
        board_changes(reading, Streams()),
        approval_pages(reading),
        search_pages(reading),
        board_past_pages(reading),
        past_pages(reading, shelf),
        figures_pages(reading, FiguresKeeper(reading.database)),
        simulation_pages(reading),
        resident_pages(Courses(database=reading.database, vault=inst.vault, clock=inst.clock)),
        document_pages(reading, shelf),
        projections_router(reading),
    )
    return Part(
        role=PROJECTIONS,
        routers=routers,
        workers=(
            CONSUMERS["projections"].follower(inst, bus),
            Simulator(database=reading.database, clock=inst.clock),
            ReadsSweeper(reading.database, inst.clock),
        ),
        stages=(PROJECTIONS_LAG,),
    )


def all_parts(inst: Installation, bus: Bus) -> tuple[Part, ...]:
    """Every service in one process; whoever appends wakes the relay."""
    relay = make_relay(inst, bus)

    def after_append(_landlord: str) -> None:
        relay.wake()

    return (
        workflow_part(inst, after_append),
        intake_part(inst, bus),
        timers_part(inst, after_append),
        relay_part(relay),
        projections_part(inst, bus),
        notifier_part(inst, bus),
        webhooks_part(inst),
        administration_part(inst),
    )


def _telling(inst: Installation, part: Callable[[Installation, AfterAppend], Part]) -> Part:
    """A part that appends in a process of its own, and tells the relay's."""
    teller = GrowthTeller(inst.database(WORKFLOW))
    appending = part(inst, teller.tell)
    return replace(appending, workers=(*appending.workers, teller))


def _relay_apart(inst: Installation, bus: Bus) -> Part:
    """The relay in a process of its own, where it is told of what others append."""
    relay = make_relay(inst, bus)
    part = relay_part(relay)
    listener = GrowthListener(inst.database(WORKFLOW), wake=relay.wake)
    return replace(part, workers=(*part.workers, listener))


SERVICES: dict[str, Callable[[Installation, Bus], Part]] = {
    "intake": intake_part,
    "workflow": lambda inst, _bus: _telling(inst, workflow_part),
    "timers": lambda inst, _bus: _telling(inst, timers_part),
    "relay": _relay_apart,
    "notifier": notifier_part,
    "projections": projections_part,
    "webhooks": lambda inst, _bus: webhooks_part(inst),
    "administration": lambda inst, _bus: administration_part(inst),
}
