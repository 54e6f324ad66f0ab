"""What `redress policy` says: the packs there are, one in plain English, its faults, two compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.redress.commands.policy import policy_commands
from shared.policies.policy import Citation
from shared.policy_packs.loader import load_policy, shipped_pack, shipped_policies

KCTMO, THH, BANCROFT, CODE = "kctmo-2010", "thh-2022", "bancroft-tmc", "hos-code-2024"
OWN = Path(__file__).parents[1] / "complaints" / "packs" / "meadow-homes.toml"


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(policy_commands, arguments)


def check_of(folder: Path, change: tuple[str, str], *, pack: str | None = None) -> Result:
    """What is said of a pack in which one text was replaced."""
    document = OWN.read_text("utf-8") if pack is None else shipped_pack(pack)
    assert change[0] in document
    file = folder / "changed.toml"
    file.write_text(document.replace(*change, 1), encoding="utf-8")
    return ask("check", str(file))


def test_the_list_names_every_pack_with_its_title() -> None:
    answered = ask("list")
    assert answered.exit_code == 0
    assert all(name in answered.output for name in shipped_policies())
    assert "Tower Hamlets Homes" in answered.output
    told = json.loads(ask("list", "--json").output)
    assert [each["policy"] for each in told] == list(shipped_policies())
    assert all(len(each["policy_hash"]) == 64 for each in told)


@pytest.mark.parametrize("name", shipped_policies())
def test_a_policy_is_shown_in_full_on_80_columns(name: str) -> None:
    answered = ask("show", name)
    assert answered.exit_code == 0
    assert max(len(line) for line in answered.output.splitlines()) <= 80
    text = " ".join(answered.output.split())
    policy = load_policy(shipped_pack(name), source=name)
    cited: list[Citation] = [
        *(duty.cited for duty in policy.duties),
        *(rule.cited for rule in policy.extensions),
        *(rule.cited for rule in policy.exclusions),
        *(rule.cited for rule in policy.provisions),
        policy.escalation, policy.last_stage, policy.closing, policy.reopening,
    ]  # fmt: skip
    for each in cited:
        assert each.rule in text
        assert f"[{each.clause}]" in text


def test_show_tells_what_only_people_use() -> None:
    text = " ".join(ask("show", THH).output.split())
    for said in (
        "of another organisation: London Borough of Tower Hamlets",
        "48 hours on working days from received",
        "Within 5 working days, without an investigation and agreed with the complainant, also manager",
        "After issue, a sample, by complaints team.",
        "letter on working day 2",
        "6 months from the event, with discretion beyond.",
        "They are: applicant, tenant, leaseholder, licensee.",
        "A redacted copy.",
        "The clock starts with the conversion.",
        "First-tier Tribunal (Property Chamber): service charge disputes.",
        "marked as a petition, with one nominated contact",
        "Authorised by complaints team.",
        "the right to take the refusal to the Housing Ombudsman.",
    ):
        assert said in text
    assert "No copy." in ask("show", BANCROFT).output
    assert "It goes beyond a rule of the Code" in " ".join(ask("show", KCTMO).output.split())


def test_show_answers_in_json() -> None:
    told = json.loads(ask("show", str(OWN), "--json").output)
    assert (told["policy"], told["stages"]) == ("meadow-homes", 2)
    sections = {section["title"]: section["entries"] for section in told["sections"]}
    owed = {entry["name"]: entry for entry in sections["What is owed on a complaint"]}
    assert owed["stage 2, respond"]["said"][0] == (
        "Panel must: 30 working days from escalation requested."
    )
    assert owed["stage 2, respond"]["clause"] == "Section 4"


@pytest.mark.parametrize("name", [*shipped_policies(), str(OWN)])
def test_nothing_is_wrong_with_a_good_pack(name: str) -> None:
    answered = ask("check", name)
    assert answered.exit_code == 0, answered.output
    assert "nothing is wrong" in answered.output
    told = json.loads(ask("check", name, "--json").output)
    assert (told["good"], told["faults"]) == (True, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{ working_days = 12 }", "{ fortnights = 1 }"), ":70: duties.2.span.fortnights: no such"),
        (('firmness = "must"', 'firmness = "maybe"'), ":63: duties.1.firmness: Input should be"),
        (('clause = "Section 5"\n', ""), ":10: last_stage.clause: Field required"),
        (('destination = "The court"', "# none"), ":32: exclusions.1.destination: Field required"),
        (("number = 2", "number = 3"), ":38: stages: numbered 1, 2, 3 without a gap"),
        (('title = "M', "title = M"), "not TOML"),
    ],
)
def test_a_fault_of_form_names_file_line_field_and_what_is_allowed(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    answered = check_of(tmp_path, change)
    assert answered.exit_code == 1
    assert f"{tmp_path / 'changed.toml'}" in answered.output
    assert said in answered.output


LAST_DUTIES = '[[duties]]\nduty = "acknowledge"\nstages = [2]\ntrigger = "escalation_requested"'
WINDOW = """
[[duties]]
duty = "escalation_window"
stages = [1]
trigger = "received"
span = { working_days = 8 }
met_by = ["escalation_requested"]
passing = "lapses"
rule = "Ask within eight working days."
clause = "Section 4"
firmness = "must"
responsible = "complainant"

"""
REMEDY = """
[[duties]]
duty = "remedy"
routes = ["service_request", "complaint"]
stages = [1]
trigger = "received"
span = { working_days = 5 }
met_by = ["remedied"]
rule = "A service request is remedied within five working days."
clause = "Section 6"
firmness = "aims_to"
responsible = "manager"

"""
EXTENSION = """
[[extensions]]
stages = [1]
kind = "agree"
usual_working_days = 20
most_working_days = 10
rule = "Longer, when it is agreed."
clause = "Section 3"

"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('trigger = "escalation_requested"\nspan = { working_days = 30 }',
             'trigger = "received"\nspan = { working_days = 30 }'),
            ":88: duties.4 (respond): no event gives its trigger received at stage 2",
        ),
        ((LAST_DUTIES, WINDOW + LAST_DUTIES), "escalation_window closes on day 10 before"),
        ((LAST_DUTIES, REMEDY + LAST_DUTIES), "on the route complaint there is no remedied"),
        ((LAST_DUTIES, EXTENSION + LAST_DUTIES), "usually 20 working days, longer than its cap"),
        (('clause = "Section 5"', 'clause = "tbc"'), "last_stage: the clause is missing: “tbc”"),
        (('clause = "Section 5"', 'clause = "-"'), "last_stage: the clause is missing"),
        (('destination = "The court"', 'destination = "?"'), "it has no destination: say where"),
    ],
)  # fmt: skip
def test_a_fault_of_sense_is_found_too(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    answered = check_of(tmp_path, change)
    assert answered.exit_code == 1
    assert said in answered.output


def test_a_stage_that_nothing_opens_is_found(tmp_path: Path) -> None:
    document = OWN.read_text("utf-8").replace('"escalation_requested"', '"acknowledged"')
    file = tmp_path / "changed.toml"
    file.write_text(document, encoding="utf-8")
    answered = ask("check", str(file), "--json")
    told = json.loads(answered.output)
    assert answered.exit_code == 1
    assert {"line": 45, "field": "stage 2"}.items() <= told["faults"][0].items()
    assert "nobody can reach it" in told["faults"][0]["said"]


def test_further_stages_of_another_route_are_found(tmp_path: Path) -> None:
    change = ("stages = [2]\n", 'stages = [2]\nroutes = ["complaint", "query"]\n')
    assert "only a complaint has further stages" in check_of(tmp_path, change).output


def test_a_difference_is_told_with_both_sides() -> None:
    answered = ask("diff", THH, BANCROFT)
    assert answered.exit_code == 1
    assert max(len(line) for line in answered.output.splitlines()) <= 80
    text = " ".join(answered.output.split())
    assert "bancroft-tmc: Manager aims to: 20 working days from received." in text
    assert "thh-2022: says nothing bancroft-tmc: Manager aims to: 10 working days" in text
    told = json.loads(ask("diff", THH, BANCROFT, "--json").output)
    names = {(each["section"], each["name"]) for each in told["differences"]}
    assert ("What is kept out, and where it goes", "new_build_defect") in names
    assert (told["first"]["policy"], told["second"]["policy"]) == (THH, BANCROFT)


def test_the_same_pack_says_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text("# a remark\n" + OWN.read_text("utf-8"), encoding="utf-8")
    answered = ask("diff", str(OWN), str(copy))
    assert (answered.exit_code, answered.output) == (0, "They say the same.\n")
    assert json.loads(ask("diff", str(OWN), str(copy), "--json").output)["differences"] == []


@pytest.mark.parametrize(
    "arguments",
    [("show", "nobody-2010"), ("check", "nowhere.toml"), ("diff", KCTMO, "nowhere.toml")],
)
def test_what_is_not_there_is_told_with_exit_code_2(arguments: tuple[str, ...]) -> None:
    answered = ask(*arguments)
    assert answered.exit_code == 2
    assert "no policy pack" in answered.output or "cannot be" in answered.output
