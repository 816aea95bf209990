"""Accounts, the places they see, and the list in which they are handed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from lilong.kernel.access import actions, queries, roster
from lilong.kernel.access.intake import KINDS
from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal import queries as journal
from lilong.kit.intake import RowError, Taken

from .conftest import AT, PASSWORD

PATHS = {"CW01": "/1/4/", "CW02": "/1/5/", "CW": "/1/"}


@pytest.fixture
def places(monkeypatch) -> None:
    monkeypatch.setattr(actions, "resolve_scope", lambda codes: {c: PATHS[c] for c in codes if c in PATHS})


def kinds(account: Account) -> list[str]:
    return [fact.kind for fact in reversed(journal.about(("account", account.pk)))]


def row(number: int, **cells: str) -> dict[str, str]:
    usual = {"username": "wang", "name": "王秀珍", "role": "居委社工", "scope": "CW01", "password": PASSWORD}
    return {"row": str(number)} | usual | cells


def take(*rows: dict[str, str], at=AT) -> Taken:
    return KINDS[0].take(rows, by="system:lake", at=at)


def test_an_account_sees_its_places_with_the_rights_of_its_role(add) -> None:
    account = add("wang", paths=["/1/4/", "/1/7/"])
    assert queries.viewer_of(account, at=AT) == Viewer(
        by=f"account:{account.pk}",
        account_id=account.pk,
        name="王秀珍",
        roles=frozenset({"committee_worker"}),
        scope=frozenset({"/1/4/", "/1/7/"}),
        purposes=frozenset({"visit", "contact", "emergency", "verify", "answer"}),
        individuals=True,
    )


def test_a_role_that_was_taken_out_of_the_table_sees_nothing(add) -> None:
    account = add("wang")
    account.role = "long_gone"
    assert not queries.viewer_of(account, at=AT).known
    assert not queries.viewer_of(account, at=AT).scope


def test_a_grant_counts_from_its_beginning_to_its_end(add) -> None:
    account = add("wang", paths=[])
    actions.grant(account_id=account.pk, path="/1/4/", until=AT + timedelta(days=2), by="account:9", at=AT)
    seen = [bool(queries.viewer_of(account, at=AT + timedelta(days=d)).scope) for d in (-1, 0, 1, 2, 3)]
    assert seen == [False, True, True, False, False]


def test_giving_and_withdrawing_twice_does_no_harm(add) -> None:
    account = add("wang", paths=[])
    for _ in range(2):
        actions.grant(account_id=account.pk, path="/1/4/", by="account:9", at=AT)
    for _ in range(2):
        actions.withdraw(account_id=account.pk, path="/1/4/", by="account:9", at=AT + timedelta(days=1))
    assert kinds(account).count("grant.given") == kinds(account).count("grant.withdrawn") == 1
    assert queries.viewer_of(account, at=AT).scope == {"/1/4/"}
    assert queries.viewer_of(account, at=AT + timedelta(days=1)).scope == frozenset()


def test_a_grant_for_a_time_can_be_withdrawn_before_it_ends(add) -> None:
    account = add("wang", paths=["/1/5/"])
    actions.grant(account_id=account.pk, path="/1/4/", until=AT + timedelta(days=9), by="account:9", at=AT)
    later = AT + timedelta(days=1)
    assert queries.viewer_of(account, at=later).scope == {"/1/4/", "/1/5/"}
    actions.withdraw(account_id=account.pk, path="/1/4/", by="account:9", at=later)
    assert queries.viewer_of(account, at=later).scope == {"/1/5/"}


def test_a_scope_that_is_no_path_is_refused(add) -> None:
    account = add("wang")
    with pytest.raises(roster.RefusedError):
        actions.grant(account_id=account.pk, path="", by="account:9", at=AT)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("username", {"username": "w"}),
        ("username", {"username": "a name"}),
        ("username", {"username": "x" * 65}),
        ("name", {"name": "  "}),
        ("role", {"role": "system"}),
        ("role", {"role": "king"}),
        ("paths", {"paths": ["/1/4"]}),
        ("paths", {"paths": [""]}),
        ("password", {"password": "short"}),
        ("password", {"password": "1234567890123"}),
        ("password", {"password": "password123"}),
        ("password", {"password": "committee-wang", "username": "committee_wang"}),
    ],
)
def test_what_no_account_may_have_is_refused_by_its_field(add, field: str, given: dict[str, object]) -> None:
    with pytest.raises(roster.RefusedError) as refused:
        add(**given)
    assert refused.value.field == field
    assert not Account.objects.exists()


def test_a_name_is_given_once(add) -> None:
    add("wang")
    with pytest.raises(roster.RefusedError) as refused:
        add(" WANG")
    assert refused.value.field == "username"


def test_choosing_a_password_is_bound_by_the_rules_and_on_record(add) -> None:
    account = add("wang", owned=False)
    with pytest.raises(ValidationError):
        actions.set_own_password(account=account, password="wang", at=AT)
    assert account.password_given
    actions.set_own_password(account=account, password=PASSWORD + "!", at=AT)
    account.refresh_from_db()
    assert account.check_password(PASSWORD + "!")
    assert not account.password_given
    actions.hand_out_password(account_id=account.pk, password=PASSWORD, by="account:9", at=AT)
    account.refresh_from_db()
    assert account.password_given
    told = ["account.added", "grant.given", "account.password_changed", "account.password_handed_out"]
    assert kinds(account) == told


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
def test_a_list_of_accounts_is_taken_in_chinese_or_in_our_codes() -> None:
    taken = take(row(1), row(2, username="zhao", name="赵国庆", role="operations", scope="CW"))
    assert taken == Taken(changed=2, unchanged=0)
    scopes = {a.username: (a.role, queries.viewer_of(a, at=AT).scope) for a in Account.objects.all()}
    assert scopes == {"wang": ("committee_worker", {"/1/4/"}), "zhao": ("operations", {"/1/"})}
    assert not Account.objects.filter(demo=True).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
def test_the_same_list_again_changes_nothing_and_a_changed_one_just_that() -> None:
    take(row(1), row(2, username="zhao"))
    assert take(row(1), row(2, username="zhao")) == Taken(changed=0, unchanged=2)
    before = Account.objects.get(username="wang").password
    later = AT + timedelta(days=1)
    assert take(row(1, scope="CW02；CW01", password="another-one-2026"), at=later) == Taken(changed=1, unchanged=0)
    assert take(row(1, scope="CW02", role="网格员"), at=later + timedelta(days=1)) == Taken(changed=1, unchanged=0)
    account = Account.objects.get(username="wang")
    assert account.password == before
    assert queries.viewer_of(account, at=later + timedelta(days=2)).scope == {"/1/5/"}
    told = ["account.added", "grant.given", "grant.given", "account.changed", "grant.withdrawn"]
    assert kinds(account) == told


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
def test_bad_rows_are_named_and_good_ones_go_on() -> None:
    taken = take(
        row(1, role="国王"), row(2, scope="CW99"), row(3, scope=" "), row(4, password="123"), row(5, username="zhao")
    )
    assert taken.changed == 1
    assert [(e.row, e.field) for e in taken.errors] == [(1, "角色"), (2, "范围编码"), (3, "范围编码"), (4, "初始密码")]
    assert isinstance(taken.errors[1], RowError) and "CW99" in taken.errors[1].reason
    assert list(Account.objects.values_list("username", flat=True)) == ["zhao"]


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
def test_a_demonstration_imports_demo_accounts(settings) -> None:
    settings.DEMO = True
    take(row(1))
    assert Account.objects.get().demo


def test_a_consent_stands_from_the_day_it_was_given_to_the_day_it_was_withdrawn(db) -> None:
    for _ in range(2):
        actions.record_consent(person_id=7, purpose="water_watch", evidence="cabinet 3", by="account:1", at=AT)
    later = AT + timedelta(days=3)
    for _ in range(2):
        actions.withdraw_consent(person_id=7, purpose="water_watch", by="account:1", at=later)
    stands = [queries.consenting([7, 8], "water_watch", at=AT + timedelta(days=d)) for d in (-1, 0, 2, 3)]
    assert stands == [set(), {7}, {7}, set()]
    told = [fact.kind for fact in journal.about(("person", 7))]
    assert told == ["consent.withdrawn", "consent.given"]
    assert queries.consenting([7], "something_else", at=AT) == set()
