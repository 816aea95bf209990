"""The address of the desk says what somebody sees, whatever an address may hold."""

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from lilong.portals.desk.today.choice import SHOWS, Choice
from lilong.portals.desk.words import STATES


def test_an_address_leads_back_to_the_choice_it_was_made_of() -> None:
    choice = Choice(show="late", search="8号", state="waiting", urgency="urgent", desk="committee")

    assert Choice.of(QueryDict(choice.address().partition("?")[2])) == choice


@given(st.dictionaries(st.sampled_from(["show", "q", "state", "urgency", "desk", "page"]), st.text(max_size=80)))
def test_no_address_asks_for_anything_unknown(asked: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(asked)

    choice = Choice.of(query)

    assert choice.show in SHOWS
    assert choice.state in {"", *STATES}
    assert len(choice.search) <= 60
    assert choice.page < 10_000
    assert choice.filters()["page"] >= 1


def test_what_the_form_says_wins_over_the_number_pressed_before() -> None:
    assert Choice(show="urgent", urgency="normal").filters()["urgency"] == "normal"


def test_turning_to_another_number_begins_at_the_first_page() -> None:
    assert Choice(page=3, search="8号").address(show="late") == "/desk?show=late&q=8%E5%8F%B7"
