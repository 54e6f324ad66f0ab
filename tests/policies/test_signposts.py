"""Where a complainant may go outside the landlord, by the subjects of the case and its policy."""

from dataclasses import replace

from shared.policies.signposts import ADDRESSES, DEFAULT, FREE, Signpost, signposts
from tests.support.complaint_spec import policy_named

THH = policy_named("thh-2022")


def test_each_subject_leads_to_its_body_with_the_address() -> None:
    (body,) = signposts(THH, ("right_to_buy",))
    assert body.address == (
        "PO Box 4771, Coventry CV4 0EH",
        "Telephone: 0300 061 0614",
        "www.lgo.org.uk",
        FREE,
    )
    (tribunal,) = signposts(THH, ("service_charge",))
    assert tribunal.address == ADDRESSES["first_tier_tribunal"]


def test_several_subjects_lead_to_several_bodies_in_the_order_of_the_policy() -> None:
    found = signposts(THH, ("right_to_buy", "repairs"))
    assert [body.address for body in found] == [
        ADDRESSES["housing_ombudsman"],
        ADDRESSES["local_government_ombudsman"],
    ]


def test_a_body_whose_address_is_not_known_is_named_without_one() -> None:
    unknown = replace(THH.bodies[0], body="another_body", name="Another Body", categories=())
    assert signposts(replace(THH, bodies=(unknown,)), ("repairs",)) == (
        Signpost("Another Body", ()),
    )


def test_where_no_policy_names_a_body_it_is_the_housing_ombudsman() -> None:
    assert signposts(None, ("repairs",)) == DEFAULT
    assert signposts(replace(THH, bodies=()), ()) == DEFAULT
    assert (Signpost("Housing Ombudsman Service", ADDRESSES["housing_ombudsman"]),) == DEFAULT
