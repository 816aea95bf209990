"""A row comes back exactly when the viewer sees its path, on either database, however the ids happen to begin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lilong.kernel.access import scope
from lilong.kernel.access.models import Account, Grant, TaskLink
from lilong.kernel.access.viewer import ANONYMOUS, SYSTEM, Viewer, is_path

AT = datetime(2026, 11, 22, tzinfo=UTC)
IDS = st.sampled_from([1, 2, 10, 11, 12, 100, 101, 111])  # many begin like another one
PATHS = st.lists(IDS, max_size=4).map(lambda ids: "/" + "".join(f"{i}/" for i in ids))
ON_A_DATABASE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.django_db
@ON_A_DATABASE
@given(paths=st.sets(PATHS, min_size=1, max_size=12), seen=st.frozensets(PATHS, max_size=4))
def test_a_row_is_returned_exactly_when_the_viewer_sees_its_path(paths: set[str], seen: frozenset[str]) -> None:
    viewer = Viewer(by="account:1", scope=seen)
    Grant.objects.all().delete()
    account, _ = Account.objects.get_or_create(username="rows", defaults={"added_at": AT})
    Grant.objects.bulk_create(Grant(account=account, path=path, since=AT, by="system:test") for path in paths)
    expected = {path for path in paths if viewer.sees(path)}

    assert set(scope.limit(Grant.objects.all(), viewer).values_list("path", flat=True)) == expected

    text, params = scope.sql(viewer, "g.path")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT g.path FROM access_grant g WHERE {text}", params)
        assert {row[0] for row in cursor.fetchall()} == expected


@given(paths=st.sets(PATHS, min_size=1), seen=st.frozensets(PATHS, max_size=6))
def test_the_widest_prefixes_see_what_all_of_them_see(paths: set[str], seen: frozenset[str]) -> None:
    kept = Viewer(scope=frozenset(scope.widest(seen)))
    assert {path for path in paths if kept.sees(path)} == {path for path in paths if Viewer(scope=seen).sees(path)}


@pytest.mark.django_db
@ON_A_DATABASE
@given(text=st.text("1/%_!\\'", max_size=12), prefix=st.text("1/%_!\\'", max_size=4))
def test_a_pattern_takes_every_character_literally(text: str, prefix: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s LIKE %s ESCAPE '!'", [text, scope.escape_like(prefix) + "%"])
        assert bool(cursor.fetchone()[0]) == text.startswith(prefix)


@given(st.text(max_size=12))
def test_only_closed_paths_of_numbers_are_a_scope(text: str) -> None:
    if is_path(text):
        assert Viewer(scope=frozenset({text})).sees(text)
    else:
        with pytest.raises(ValueError, match="not a place path"):
            Viewer(scope=frozenset({text}))


@pytest.mark.parametrize("text", ["", "1/4/", "/1/4", "//", "/1//4/", "/１/", "/1/4/\n", "/%/", "/_/"])
def test_paths_that_would_see_too_much_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a place path"):
        Viewer(scope=frozenset({text}))


@pytest.mark.parametrize("column", ["path; DROP TABLE x", "path OR 1=1", "p.path--", ""])
def test_a_column_is_a_name_and_nothing_else(column: str) -> None:
    with pytest.raises(ValueError, match="not the name of a column"):
        scope.sql(SYSTEM, column)


@pytest.mark.django_db
def test_the_holder_of_a_task_link_gets_the_one_case_and_nothing_by_place() -> None:
    for case in (7, 8):
        TaskLink.objects.create(case=case, token_hash=str(case), made_at=AT, expires_at=AT, by="system:test")
    viewer = Viewer(by="link:1", case=7)
    assert list(scope.limit(TaskLink.objects.all(), viewer, case="case").values_list("case", flat=True)) == [7]
    assert scope.limit(TaskLink.objects.all(), SYSTEM, "by").count() == 0  # nothing there begins with a slash
    assert scope.limit(TaskLink.objects.all(), viewer, "by").count() == 0
    assert scope.sql(viewer, "path") == ("(1 = 0)", [])
    assert scope.limit(TaskLink.objects.all(), ANONYMOUS).count() == 0


def test_a_task_link_never_comes_with_a_scope_or_a_role() -> None:
    with pytest.raises(ValueError, match="one case"):
        Viewer(by="link:1", case=7, scope=frozenset({"/"}))
    with pytest.raises(ValueError, match="one case"):
        Viewer(by="link:1", case=7, roles=frozenset({"committee_worker"}))
