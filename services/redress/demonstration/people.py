"""Who stands in the demonstration: the landlord, its organisations, their officers, and residents. Nobody is real."""

from collections.abc import Sequence
from random import Random

from shared.registry.landlords import Landlord, Organisation
from shared.registry.officers import Officer

LANDLORD = Landlord(
    landlord="riverside",
    name="Riverside Borough Council (demonstration)",
    kind="council",
    reference_prefix="RB",
)

COUNCIL, ALMO, MILL_LANE, ORCHARD_PARK = "riverside", "riverside-homes", "mill-lane", "orchard-park"

ORGANISATIONS = (
    Organisation(
        landlord="riverside", organisation=COUNCIL, name="Riverside Borough Council", kind="council"
    ),
    Organisation(landlord="riverside", organisation=ALMO, name="Riverside Homes", kind="almo"),
    Organisation(
        landlord="riverside", organisation=MILL_LANE, name="Mill Lane Tenant Management", kind="tmo"
    ),
    Organisation(
        landlord="riverside",
        organisation=ORCHARD_PARK,
        name="Orchard Park Tenant Management",
        kind="tmo",
    ),
)

POLICY_OF = {
    COUNCIL: "hos-code-2024",
    ALMO: "kctmo-2010",
    MILL_LANE: "kctmo-2010",
    ORCHARD_PARK: "hos-code-2024",
}


def _officer(organisation: str, role: str, name: str) -> Officer:
    officer = name.lower().replace(" ", "-")
    return Officer(
        landlord="riverside",
        officer=officer,
        organisation=organisation,
        name=name,
        email=f"{officer.replace('-', '.')}@example.org",
        role=role,
    )


OFFICERS = (
    _officer(COUNCIL, "complaints_team", "Dana Okafor"),
    _officer(COUNCIL, "caseworker", "Priya Nair"),
    _officer(COUNCIL, "manager", "Helen Marsh"),
    _officer(COUNCIL, "head_of_service", "Samuel Adeyemi"),
    _officer(COUNCIL, "director", "Ruth Calloway"),
    _officer(COUNCIL, "auditor", "Meera Joshi"),
    _officer(COUNCIL, "administrator", "Tom Ashby"),
    _officer(ALMO, "complaints_team", "Nadia Karim"),
    _officer(ALMO, "caseworker", "Ben Stroud"),
    _officer(ALMO, "manager", "Olu Fashola"),
    _officer(ALMO, "head_of_service", "Grace Lindqvist"),
    _officer(ALMO, "director", "Peter Holm"),
    _officer(ALMO, "board_member", "Marian Cole"),
    _officer(ALMO, "independent_member", "Victor Amaya"),
    _officer(MILL_LANE, "complaints_team", "Leroy Banks"),
    _officer(MILL_LANE, "manager", "Joan Peake"),
    _officer(MILL_LANE, "head_of_service", "Irene Castle"),
    _officer(ORCHARD_PARK, "complaints_team", "Wendy Tull"),
    _officer(ORCHARD_PARK, "manager", "Aoife Brennan"),
    _officer(ORCHARD_PARK, "head_of_service", "Marcus Bell"),
)


def officers_for(organisation: str, roles: Sequence[str]) -> tuple[str, ...]:
    """The ids of those who hold one of the roles: in the organisation itself, then in the ALMO, then in the council."""
    return tuple(
        officer.officer
        for owner in dict.fromkeys((organisation, ALMO, COUNCIL))
        for role in roles
        for officer in OFFICERS
        if (officer.organisation, officer.role) == (owner, role)
    )


def officer_of(organisation: str, role: str) -> str:
    """The first of them."""
    return officers_for(organisation, (role,))[0]


FIRST_NAMES = (
    "Ada", "Amir", "Bridget", "Carlos", "Chidi", "Dorothy", "Ewan", "Fatima", "George", "Hana", "Ivy", "Jamal",
    "Kasia", "Lionel", "Maeve", "Nasreen", "Oscar", "Pauline", "Rashid", "Sylvia", "Tariq", "Una", "Winston", "Yasmin",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Begum", "Carver", "Doyle", "Eze", "Farrow", "Grant", "Hussain", "Ito", "Jarvis", "Kowalska", "Lamb",
    "Mensah", "Noonan", "Osei", "Pryce", "Quirke", "Rowe", "Silva", "Thorne", "Usman", "Vance", "Wren", "Young",
)  # fmt: skip
STREETS = (
    "Weir Street",
    "Ferry Court",
    "Tannery Row",
    "Osier Close",
    "Lockside",
    "Heron House",
    "Sluice Lane",
)


def resident(chance: Random) -> dict[str, str]:
    """An invented resident: name, address, email and phone (a number reserved for drama)."""
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    return {
        "name": f"{first} {last}",
        "address": f"{chance.randint(1, 140)} {chance.choice(STREETS)}, Riverside RV1 {chance.randint(1, 9)}AA",
        "email": f"{first}.{last}{chance.randint(1, 99)}@example.org".lower(),
        "phone": f"07700 900{chance.randint(0, 999):03d}",
    }
