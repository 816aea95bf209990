"""The table of roles is closed: every word in it is known, and no role can do another's work."""

from __future__ import annotations

import pytest

from lilong.kernel.access.roles import FOR_ACCOUNTS, ROLES, VERBS, Role
from lilong.kernel.access.viewer import ANONYMOUS, SYSTEM, Viewer


def of(role: str) -> Viewer:
    return Viewer(by="account:1", roles=frozenset({role}), scope=frozenset({"/"}))


def test_every_verb_is_somebodys() -> None:
    assert {verb for name in FOR_ACCOUNTS for verb in ROLES[name].verbs} == VERBS


def test_a_role_with_a_word_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tickets\.raed"):
        Role("x", frozenset({"tickets.raed"}))


def test_asking_for_an_unknown_verb_is_an_error_and_not_a_no() -> None:
    with pytest.raises(ValueError, match="no verb"):
        of("committee_worker").may("tickets.raed")


def test_administration_audit_and_business_stand_apart() -> None:
    personal = {"people.read", "people.reveal", "tickets.read", "import.files"}
    for role in ("admin", "auditor"):
        assert not personal & ROLES[role].verbs
        assert not ROLES[role].individuals
    for role in FOR_ACCOUNTS:
        assert (role == "admin") == ("accounts.manage" in ROLES[role].verbs)
        assert (role == "auditor") == ("reads.audit" in ROLES[role].verbs)


def test_the_wall_sees_the_brain_and_no_person() -> None:
    assert {verb for verb in VERBS if of("wall").may(verb)} == {"brain.view"}
    assert not ROLES["wall"].individuals


def test_whoever_may_reveal_has_purposes_and_the_program_itself_has_none() -> None:
    for name in FOR_ACCOUNTS:
        assert ("people.reveal" in ROLES[name].verbs) == bool(ROLES[name].purposes)
    assert SYSTEM.sees("/1/") and SYSTEM.may("tickets.read") and not SYSTEM.purposes


def test_nobody_is_nobody() -> None:
    assert not ANONYMOUS.known
    assert not ANONYMOUS.sees("/") and not ANONYMOUS.sees("/1/")
    assert not any(ANONYMOUS.may(verb) for verb in VERBS)


def test_a_task_link_reads_and_records_steps_and_no_more() -> None:
    link = Viewer(by="link:3", case=9)
    assert link.known
    assert {verb for verb in VERBS if link.may(verb)} == {"tickets.read", "tickets.step"}
