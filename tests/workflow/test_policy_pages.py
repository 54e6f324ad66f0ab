"""Policies on pages: read, compared, checked, and adopted from a day on with the effect shown before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.workflow import policy_adopting
from services.workflow.policy_adopting import Wanted
from services.workflow.policy_pages import compared_by
from shared.complaints.events import PolicyAdopted
from shared.policies.comparing import departures
from shared.policy_packs.loader import shipped_pack, shipped_policies
from shared.policy_packs.packs import LARGEST_PACK_BYTES, shipped
from shared.registry.adoptions import adoptions, policy_in_force
from shared.web.wording import short_date
from tests.workflow.administration import Administration, hidden, rulebook, words
from tests.workflow.office import LANDLORD, Office

pytestmark = pytest.mark.postgres
HOMES = "riverside-homes"
WHY = "The Board decided so in March."
AT = "/administration/policies/adopt"
WED_1_APR_2026 = date(2026, 4, 1)
OURS = shipped_pack("kctmo-2010").replace('version = "2010-05"', 'version = "2026-04"', 1)


def asked(**changes: str) -> dict[str, str]:
    """The ALMO adopts the Code from April."""
    return {
        "step": "look",
        "pack": "hos-code-2024",
        "organisation": HOMES,
        "kind": "own",
        "effective_from": "2026-04-01",
        **changes,
    }


def wanted(**changes: Any) -> Wanted:
    """The same for the command."""
    return Wanted(
        **{
            "landlord": LANDLORD,
            "organisation": HOMES,
            "own": shipped("hos-code-2024"),
            "beside": None,
            "effective_from": WED_1_APR_2026,
            "until": None,
            "by": "gil",
            "reason": WHY,
            **changes,
        }
    )


def test_the_overview_says_which_organisation_runs_under_what_since_when_and_by_whom(
    pages: Administration,
) -> None:
    said = words(pages.get("/administration/policies").text)
    assert "Riverside Homes kctmo-2010" in said
    assert "Sat 1 Jan 2000 no end In force" in said
    assert "by test" in said


def test_of_two_adoptions_the_page_says_which_binds_today(
    office: Office, pages: Administration
) -> None:
    pages.post(AT, **asked(step="adopt", reason=WHY, until="2026-04-30"))
    said = words(pages.get("/administration/policies").text)
    assert "Wed 1 Apr 2026 Thu 30 Apr 2026 To come" in said
    assert f"by Gil Ward {WHY}" in said
    office.clock.set(office.clock.now().replace(month=4))
    office.sessions.clear()  # they have ended by then
    said = words(pages.get("/administration/policies").text)
    assert "Wed 1 Apr 2026 Thu 30 Apr 2026 In force" in said
    assert "Sat 1 Jan 2000 no end Over" in said


@pytest.mark.parametrize("key", shipped_policies())
def test_every_pack_is_read_in_plain_words_with_its_clauses(
    pages: Administration, key: str
) -> None:
    page = pages.get(f"/administration/policies/packs/{key}")
    assert page.status_code == 200
    policy = shipped(key).read
    said = words(page.text.replace("&#34;", '"').replace("&amp;", "&"))
    assert policy.duties[0].cited.clause in said
    assert policy.stages[-1].name in said


def test_a_pack_that_nobody_has_is_not_there(pages: Administration) -> None:
    assert pages.get("/administration/policies/packs/none").status_code == 404


def test_own_against_the_code_lists_each_breach_with_both_clauses(pages: Administration) -> None:
    page = pages.get("/administration/policies/compare", own="kctmo-2010", other="hos-code-2024")
    found = departures(
        shipped("kctmo-2010").read, shipped("hos-code-2024").read, compared_by(), year=2026
    )
    assert len(found) >= 3
    said = words(page.text.replace("&#34;", '"').replace("&amp;", "&"))
    for each in found:
        assert each.said in said
        assert f"{each.own_clause} Held against: {each.code_clause}" in said


def test_a_policy_held_against_itself_says_the_same(pages: Administration) -> None:
    page = pages.get("/administration/policies/compare", own="kctmo-2010", other="kctmo-2010")
    said = words(page.text)
    assert "They say the same." in said
    assert "Nowhere." in said


def test_a_comparison_of_one_asks_for_the_other(pages: Administration) -> None:
    page = pages.get("/administration/policies/compare", own="kctmo-2010")
    assert page.status_code == 422
    assert "Choose what to hold it against" in page.text
    assert 'value="kctmo-2010" selected' in page.text


def test_a_pack_with_faults_is_told_by_line_and_field_and_nothing_is_stored(
    office: Office, pages: Administration
) -> None:
    broken = OURS.replace("[[stages]]", "[[stages]]\ncolour = 'red'", 1)
    line = broken.splitlines().index("colour = 'red'") + 1
    page = pages.post(
        "/administration/policies/check", files={"file": ("ours.toml", broken.encode())}
    )
    assert page.status_code == 422
    assert f"{line} stages.1.colour no such field" in words(page.text)
    assert "ours.toml cannot be adopted" in page.text
    with office.owner.transaction(LANDLORD) as cursor:
        row = cursor.execute("SELECT count(*) AS packs FROM registry.policy_pack").fetchone()
    assert row == {"packs": 2}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no text"),
        (b"\xff\xfe\x00", "must be text in UTF-8"),
        (b"#" * (LARGEST_PACK_BYTES + 1), "at most 200 kB"),
    ],
)
def test_a_file_that_is_no_pack_says_why(pages: Administration, content: bytes, said: str) -> None:
    page = pages.post("/administration/policies/check", files={"file": ("x.toml", content)})
    assert page.status_code == 422
    assert said in page.text


def test_no_file_at_all_is_asked_for(pages: Administration) -> None:
    page = pages.post("/administration/policies/check")
    assert page.status_code == 422
    assert "Choose the file of the policy pack" in page.text


def test_a_pack_of_ones_own_is_checked_then_adopted_and_only_then_stored(
    office: Office, pages: Administration
) -> None:
    page = pages.post(
        "/administration/policies/check", files={"file": ("ours.toml", OURS.encode())}
    )
    assert "Nothing is wrong in ours.toml" in page.text
    form = pages.post(AT, step="begin", document=OURS.replace("\n", "\r\n"))
    assert 'value="uploaded" selected' in form.text
    looked = pages.post(AT, **asked(pack="uploaded", document=OURS))
    assert "kctmo-2010 (2026-04)" in words(looked.text)
    done = pages.post(AT, **asked(pack="uploaded", document=OURS, step="adopt", reason=WHY))
    assert done.status_code == 303
    with office.owner.transaction(LANDLORD) as cursor:
        bound = policy_in_force(cursor, LANDLORD, HOMES, WED_1_APR_2026)
    assert bound.version == "2026-04"
    key = bound.policy_hash
    assert pages.get(f"/administration/policies/packs/{key}").status_code == 200


def test_the_effect_page_says_what_a_dry_run_says_and_writes_nothing(
    office: Office, pages: Administration
) -> None:
    before = rulebook(office)
    answer = policy_adopting.adopt(office.database, wanted(), now=office.clock.now(), dry_run=True)
    said = words(pages.post(AT, **asked()).text)
    assert answer["open_cases"] == [{"policy": "kctmo-2010", "cases": 1, "received_since": 0}]
    assert "1 stays under kctmo-2010" in said
    assert "None of them moves" in said
    for each in answer["dates"]:
        days = [short_date(day) if day else "no date" for day in (each["before"], each["then"])]
        then = "the same" if days[0] == days[1] else days[1]
        name = each["duty"].replace("_", " ").capitalize()
        assert f"{name} {days[0]} {then}" in said
    assert rulebook(office) == before


def test_adopting_by_page_equals_adopting_by_command(office: Office, pages: Administration) -> None:
    office.open("RC-2026-000002", organisation="mill-lane")
    looked = pages.post(AT, **asked(until="2026-06-30"))
    told_before = list(office.appended)
    done = pages.post(AT, **hidden(looked.text) | {"reason": WHY})
    assert (done.status_code, done.headers["location"]) == (
        303,
        "/administration/policies?adopted=1",
    )
    assert office.appended == [*told_before, LANDLORD]
    policy_adopting.adopt(
        office.database,
        wanted(organisation="mill-lane", until=date(2026, 6, 30)),
        now=office.clock.now(),
        dry_run=False,
    )
    by_page, by_command = rulebook(office)[-2:]
    assert isinstance(by_page.event, PolicyAdopted)
    assert (by_page.event.organisation, by_command.event.organisation) == (HOMES, "mill-lane")
    same = ("policy", "policy_hash", "overlay", "effective_from", "until", "reason")
    assert [getattr(by_page.event, name) for name in same] == [
        getattr(by_command.event, name) for name in same
    ]
    assert (by_page.actor, by_page.name) == (by_command.actor, by_command.name)
    with office.owner.transaction(LANDLORD) as cursor:
        rows = [each for each in adoptions(cursor, LANDLORD) if each.until is not None]
    assert len({(each.policy_hash, each.effective_from, each.reason) for each in rows}) == 1
    assert len(rows) == 2


def test_a_code_is_adopted_beside_the_own_policy_for_the_same_time(
    office: Office, pages: Administration
) -> None:
    pages.post(AT, **asked(step="adopt", reason=WHY, overlay="lgsco-code"))
    with office.owner.transaction(LANDLORD) as cursor:
        found = [(each.policy, each.overlay) for each in adoptions(cursor, LANDLORD)]
    assert ("lgsco-code", True) in found
    pages.post(AT, **asked(step="adopt", reason=WHY, kind="beside", organisation="mill-lane"))
    with office.owner.transaction(LANDLORD) as cursor:
        beside = [
            each.policy
            for each in adoptions(cursor, LANDLORD)
            if each.overlay and each.organisation == "mill-lane"
        ]
    assert beside == ["hos-code-2024"]


def test_what_is_in_force_already_cannot_be_adopted_again(pages: Administration) -> None:
    said = words(pages.post(AT, **asked(pack="kctmo-2010")).text)
    assert "that is in force already" in said
    assert "Adopt this policy" not in said


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"pack": ""}, "pack", "Choose the policy"),
        ({"organisation": ""}, "organisation", "Choose the organisation that adopts it"),
        ({"effective_from": "soon"}, "effective_from", "Enter a day, like 2026-06-01"),
        ({"effective_from": "0900-01-01"}, "effective_from", "covers 2000-01-01"),
        ({"until": "2026-03-01"}, "until", "lies before the first day"),
        ({"overlay": "none"}, "overlay", "Choose the policy"),
        ({"document": "no = 1", "pack": "uploaded"}, "pack", "cannot be adopted"),
    ],
)
def test_what_cannot_be_comes_back_at_its_field_with_all_that_was_typed(
    office: Office, pages: Administration, changes: dict[str, str], field: str, said: str
) -> None:
    before = rulebook(office)
    page = pages.post(AT, **asked(**changes))
    assert page.status_code == 422
    summary = page.text[page.text.index("error-summary") : page.text.index("<h1")]
    assert f'href="#{field}"' in summary
    assert said in summary
    if "organisation" not in changes:
        assert f'value="{HOMES}" selected' in page.text
    assert rulebook(office) == before


@pytest.mark.parametrize("reason", ["", "   ", "long " * 100])
def test_without_a_reason_of_one_sentence_nothing_is_adopted(
    office: Office, pages: Administration, reason: str
) -> None:
    before = rulebook(office)
    page = pages.post(AT, **asked(step="adopt", reason=reason))
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    assert "What adopting this would do" in page.text
    assert reason.strip() in page.text
    assert rulebook(office) == before


def test_a_reason_that_is_too_long_does_not_hold_the_effect_back(pages: Administration) -> None:
    looked = pages.post(AT, **asked(reason="long " * 100))
    assert looked.status_code == 200
    assert "long long" in looked.text


@pytest.mark.parametrize("officer", ["ines", "jo", "cora", "dev"])
def test_those_who_look_on_read_everything_and_change_nothing(
    office: Office, pages: Administration, officer: str
) -> None:
    before = rulebook(office)
    page = pages.get("/administration/policies", officer)
    assert page.status_code == 200
    assert "Adopt a policy" not in page.text
    assert pages.get("/administration", officer).status_code == 200
    assert pages.get(AT, officer).status_code == 403
    assert pages.post(AT, officer, **asked(step="adopt", reason=WHY)).status_code == 403
    assert rulebook(office) == before


@pytest.mark.parametrize("officer", ["ada", "flora"])
def test_others_find_no_administration_at_all(pages: Administration, officer: str) -> None:
    for address in ("/administration", "/administration/policies", AT):
        assert pages.get(address, officer).status_code == 403
    assert 'href="/administration"' not in pages.get("/administration", officer).text


def test_an_administrator_of_one_organisation_adopts_for_no_other(
    office: Office, pages: Administration
) -> None:
    before = rulebook(office)
    page = pages.post(AT, "hana", **asked(step="adopt", reason=WHY))
    assert page.status_code == 422
    assert "Choose the organisation that adopts it" in page.text
    assert rulebook(office) == before
    done = pages.post(AT, "hana", **asked(step="adopt", reason=WHY, organisation="mill-lane"))
    assert done.status_code == 303


def test_a_form_of_another_site_adopts_nothing(office: Office, pages: Administration) -> None:
    headers = office.signed_in("gil") | {"Sec-Fetch-Site": "cross-site", "accept": "text/html"}
    answer = pages.client.post(AT, data=asked(step="adopt", reason=WHY), headers=headers)
    assert answer.status_code == 403
