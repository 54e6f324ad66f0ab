"""What one client may do in an hour, and how it is told to wait without losing what it typed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.allowances import CODES, COMPLAINTS, PAGES, Allowances
from services.intake.sweeping import Sweeper
from shared.allowances.buckets import Refusal, client_of
from tests.intake.resident import MYSELF, Resident
from tests.intake.setting import Setting

HOME = "192.0.2.7"


@pytest.fixture
def allowances(setting: Setting) -> Allowances:
    return Allowances(
        database=setting.database("redress_intake"),
        vault=setting.vault,
        limits={PAGES: 60, COMPLAINTS: 4, CODES: 2},
    )


def test_a_full_bucket_is_taken_at_once_and_refills_evenly_within_the_hour(
    setting: Setting, allowances: Allowances
) -> None:
    now = setting.clock.now()
    assert [allowances.take("riverside", COMPLAINTS, HOME, now=now) for _ in range(4)] == [None] * 4
    assert allowances.take("riverside", COMPLAINTS, HOME, now=now) == Refusal(900)
    later = now + timedelta(minutes=5)
    assert allowances.take("riverside", COMPLAINTS, HOME, now=later) == Refusal(600)
    later = now + timedelta(minutes=15)
    assert allowances.take("riverside", COMPLAINTS, HOME, now=later) is None
    assert allowances.take("riverside", COMPLAINTS, HOME, now=later) is not None
    much_later = now + timedelta(days=2)  # never more than a full one
    taken = [allowances.take("riverside", COMPLAINTS, HOME, now=much_later) for _ in range(5)]
    assert [each is None for each in taken] == [True] * 4 + [False]


def test_clients_landlords_and_acts_have_buckets_of_their_own(
    setting: Setting, allowances: Allowances
) -> None:
    now = setting.clock.now()
    for _ in range(3):
        allowances.take("riverside", CODES, HOME, now=now)
    assert allowances.take("riverside", CODES, HOME, now=now) is not None
    assert allowances.take("riverside", CODES, "192.0.2.8", now=now) is None
    assert allowances.take("riverside", PAGES, HOME, now=now) is None
    assert allowances.take("hillside", CODES, HOME, now=now) is None


def test_eight_requests_at_once_take_no_more_than_there_is(
    setting: Setting, allowances: Allowances
) -> None:
    now = setting.clock.now()
    with ThreadPoolExecutor(8) as clients:
        taken = list(
            clients.map(
                lambda _: allowances.take("riverside", COMPLAINTS, HOME, now=now), range(16)
            )
        )
    assert sum(each is None for each in taken) == 4


def test_a_client_whose_clock_is_behind_gains_nothing(
    setting: Setting, allowances: Allowances
) -> None:
    now = setting.clock.now()
    for _ in range(4):
        allowances.take("riverside", COMPLAINTS, HOME, now=now)
    earlier = now - timedelta(hours=3)
    assert allowances.take("riverside", COMPLAINTS, HOME, now=earlier) is not None
    assert allowances.take("riverside", COMPLAINTS, HOME, now=now) is not None


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::bbbb", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_a_network_in_ipv6(address: str, client: str) -> None:
    assert client_of(address) == client


def test_no_address_stands_in_the_table_and_full_buckets_are_swept(
    setting: Setting, allowances: Allowances
) -> None:
    now = setting.clock.now()
    allowances.take("riverside", PAGES, HOME, now=now)
    (row,) = setting.rows("SELECT client FROM intake.allowance")
    assert HOME.encode() not in row["client"]
    assert row["client"] == setting.vault.hashed("riverside", f"client {HOME}")
    assert row["client"] != setting.vault.hashed("hillside", f"client {HOME}")
    sweeper = Sweeper(
        database=setting.database("redress_intake"), clock=setting.clock, shelf=setting.shelf()
    )
    assert sweeper.sweep() == 0
    setting.clock.advance(timedelta(hours=1, seconds=1))
    assert sweeper.sweep() == 1


def limited(setting: Setting, **limits: int) -> Resident:
    """A resident of an installation with these limits."""
    settings = setting.settings.model_copy(update=limits)
    return Resident(replace(setting, settings=settings).intake_client())


def test_a_page_over_the_limit_asks_to_wait_and_holds_what_was_typed(setting: Setting) -> None:
    resident = limited(setting, form_pages_per_hour=2)
    resident.start()
    resident.post("/complain/name", {"name": "Jo"})
    page = resident.post("/complain/what-happened", {"complaint": "Nobody <came>."})
    assert page.status_code == 429
    assert page.headers["retry-after"] == "1800"
    assert "Wait 30 minutes" in page.text
    assert '<form method="post" action="/complain/what-happened">' in page.text
    assert 'name="complaint" value="Nobody &lt;came&gt;."' in page.text
    setting.clock.advance(timedelta(minutes=30))
    assert resident.post("/complain/what-happened", {"complaint": "Nobody <came>."}).is_redirect


def test_complaints_and_codes_have_limits_of_their_own(setting: Setting) -> None:
    resident = limited(setting, form_complaints_per_hour=1, form_codes_per_hour=1)
    assert resident.complain(MYSELF).status_code == 303
    assert resident.complain(MYSELF).status_code == 429
    assert len(setting.rows("SELECT FROM intake.submission")) == 1
    assert resident.post("/complain/return", {"code": "ABCD-EFGH-JKMN"}).status_code == 422
    assert resident.post("/complain/return", {"code": "ABCD-EFGH-JKMN"}).status_code == 429
