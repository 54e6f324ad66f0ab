"""What the complaints of the demonstration are about: a category, the resident's words, and what would put it right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matter:
    """One plausible housing matter."""

    category: str
    complaint: str
    desired_outcome: str


MATTERS = (
    Matter(
        "damp_and_mould",
        "There is black mould on the bedroom wall. I reported it, somebody took photos and nobody came back.",
        "Find where the damp comes from, treat the wall and redecorate.",
    ),
    Matter(
        "lift",
        "The lift has been out of order for nine days. I am on the sixth floor and use a stick.",
        "Repair the lift, and tell us a date instead of a sticker on the door.",
    ),
    Matter(
        "heating",
        "The boiler cuts out every night. Two engineers have been, each ordered a part and neither part has come.",
        "A boiler that works, and something for the electric heaters we had to run.",
    ),
    Matter(
        "missed_appointment",
        "I took a day off work for the plumber, the third time, and nobody turned up or phoned.",
        "An appointment that is kept, and payment for the days I lost.",
    ),
    Matter(
        "staff_attitude",
        "The person at the office told me to stop ringing and hung up while I was still speaking.",
        "An apology, and that it does not happen to the next person.",
    ),
    Matter(
        "service_charge",
        "My service charge includes window cleaning for a block that has not been cleaned since last spring.",
        "Show me the invoices and take off what was not done.",
    ),
    Matter(
        "leak",
        "Water comes through the kitchen ceiling whenever the flat above runs a bath. The light fitting is full of it.",
        "Stop the leak, make the electrics safe and repair the ceiling.",
    ),
    Matter(
        "communal_cleaning",
        "The stairwell and bin store have not been cleaned for a month and there are rats.",
        "Clean it, deal with the rats, and publish the cleaning rota.",
    ),
    Matter(
        "antisocial_behaviour",
        "I have sent eleven diary sheets about the noise next door and had no answer to any of them.",
        "Somebody to read the diary sheets and tell me what will be done.",
    ),
    Matter(
        "front_door",
        "The entry phone and the front door lock have been broken since the storm. Strangers sleep in the hall.",
        "A door that locks, before the winter.",
    ),
    Matter(
        "allocations",
        "My bid was skipped because a form I handed in at the desk was lost.",
        "Find the form, put the bid back and say how it was lost.",
    ),
    Matter(
        "windows",
        "Two windows do not close. The surveyor agreed in June, and the order was cancelled without telling me.",
        "Raise the order again and keep me informed.",
    ),
)

ANSWERS = {
    "upheld": "We looked into what happened and you are right. We are sorry. What we will do is set out below.",
    "not_upheld": "We looked into what happened, and the service was given as it should be. Our reasons are below.",
}
HOLDING = "We need longer to look into your complaint, and want you to know why before your answer was due: {why}."
HOLDING_REASONS = (
    "the contractor's records have not reached us",
    "the survey is booked but has not taken place",
    "the officer who dealt with your report is away until next week",
)
NOTES = (
    "The flat above had the same fault in the spring; the job was closed without a visit. Ask repairs for both jobs.",
    "Phoned twice about this and cried. Please do not ring before ten, and do not leave details on the machine.",
    "The contractor says that nobody was in; the diary of the block's caretaker says otherwise. Not settled yet.",
)
_FOUND = "We have looked into it and found that you are right. The repair was reported on time and was not done on time"
FIRST_DRAFT = f"""Thank you for your complaint.

{_FOUND}.

We are sorry. A new appointment will be made.

Yours sincerely"""
WHAT_TO_CHANGE = (
    "Say why it was not done on time, and give the day of the appointment."
    " It does not say how to ask for the next stage."
)
SECOND_DRAFT = f"""Thank you for your complaint.

{_FOUND}, because the order was closed by mistake when the first engineer left.

We are sorry, and we have changed how orders are closed. An engineer comes on the day that we agreed by telephone.

If you are not satisfied you can ask us to look at it again, and need not say why.

Yours sincerely"""
