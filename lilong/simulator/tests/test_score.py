"""The score counts what was missed and what was made up, by kind, and waits for what cannot be known yet."""

from __future__ import annotations

from datetime import UTC, datetime

from lilong.simulator.score import score

UNTIL = datetime(2026, 11, 23, tzinfo=UTC)


def line(device: str, expect: str, start: str = "2026-11-20T06:00:00+08:00", due: str = "2026-11-21T07:00:00+08:00",
         allow: str = "") -> dict[str, str]:  # fmt: skip
    return {"name": "x", "kind": "silent", "device": device, "start": start, "end": "2026-11-21T18:00:00+08:00",
            "expect": expect, "allow": allow or expect, "due": due}  # fmt: skip


def finding(device: str, kind: str = "silence", state: str = "open") -> dict[str, str]:
    return {"kind": kind, "device": device, "start": "2026-11-20T07:00:00+08:00", "end": "2026-11-21T12:00:00+08:00",
            "state": state}  # fmt: skip


def of(kind: str, truth: list[dict[str, str]], findings: list[dict[str, str]]) -> dict[str, object]:
    return next(one.as_json() for one in score(truth, findings, UNTIL) if one.kind == kind)


def test_found_missed_and_made_up() -> None:
    told = of("silence", [line("a", "silence"), line("b", "silence")], [finding("a"), finding("c")])
    assert (told["recall"], told["precision"]) == (0.5, 0.5)
    assert told["missed"] == ["b x 2026-11-20T06:00:00+08:00"]
    assert told["wrong"] == ["c 2026-11-20T07:00:00+08:00"]


def test_a_line_told_twice_counts_once() -> None:
    assert of("silence", [line("a", "silence")] * 2, [])["expected"] == 1


def test_what_is_not_due_is_pending_unless_it_was_found_already() -> None:
    later = line("a", "silence", due="2026-12-01T00:00:00+08:00")
    assert of("silence", [later], [])["pending"] == 1
    assert of("silence", [later], [finding("a")])["recall"] == 1.0


def test_what_need_not_be_found_may_be() -> None:
    away = line("a", "", allow="silence")
    told = of("silence", [away], [finding("a")])
    assert (told["recall"], told["precision"]) == (None, 1.0)


def test_withdrawn_findings_and_findings_of_another_kind_do_not_count() -> None:
    told = of("silence", [line("a", "silence")], [finding("a", state="withdrawn"), finding("a", kind="excess")])
    assert (told["findings"], told["recall"]) == (0, 0.0)


def test_a_stream_names_its_device() -> None:
    named = {**finding("x"), "stream": "a/water_volume"}
    del named["device"]
    assert of("silence", [line("a", "silence")], [named])["recall"] == 1.0
