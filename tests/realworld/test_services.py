"""Services that nobody here wrote: their own tests, their spans and their bytes decide."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from realworld.journey import Journey


def test_its_own_tests_pass_before_so_that_they_can_judge(journey: Journey) -> None:
    outcomes = list(journey.tests_before.values())
    assert outcomes.count("passed") >= 1
    assert {
        name for name, outcome in journey.tests_before.items() if outcome in {"failure", "error"}
    } == set()


def test_apply_does_everything(journey: Journey) -> None:
    assert journey.applied is not None
    assert journey.applied.exit_code == 0, journey.applied.output
    assert journey.applied.data["left_out"] == {}


def test_its_own_tests_give_the_same_results_afterwards(journey: Journey) -> None:
    assert journey.tests_after == journey.tests_before


def test_its_own_linter_finds_nothing_new(journey: Journey) -> None:
    assert journey.linted == journey.linted_before


def test_its_endpoints_are_seen_by_reading(journey: Journey) -> None:
    assert journey.endpoints == journey.service.endpoints


def test_the_paths_seen_by_reading_are_those_of_the_booted_application(journey: Journey) -> None:
    if not journey.service.boot:
        pytest.skip("Starlette's routes come at run time in these services: the number above is all there is")
    missing = journey.booted - journey.seen
    explained = {pattern: fnmatch.filter(missing, pattern) for pattern in journey.service.unread}
    assert journey.seen - journey.booted == set()
    assert missing == {path for paths in explained.values() for path in paths}
    # A reason for nothing is one that no longer holds.
    assert [pattern for pattern, paths in explained.items() if not paths] == []


def test_each_request_is_answered_as_it_should(journey: Journey) -> None:
    got = {answered.request.path: answered.status for answered in journey.answered}
    assert got == {request.path: request.status for request in journey.service.requests}, journey.log[-4000:]


def test_each_request_has_one_server_span_named_by_its_route(journey: Journey) -> None:
    got = {answered.request.path: answered.server_spans for answered in journey.answered}
    assert got == {request.path: [request.span] for request in journey.service.requests}, journey.log[-4000:]


def test_what_a_request_calls_stands_below_its_span(journey: Journey) -> None:
    for answered in journey.answered:
        names = {span.name for span in answered.spans if span.parent_id}
        assert set(answered.request.children) <= names, f"{answered.request.path}: {names}"


def test_health_answers_and_is_not_traced(journey: Journey) -> None:
    assert journey.health == (200, [])


def test_metrics_count_the_requests(journey: Journey) -> None:
    assert "http_requests_total{" in journey.metrics, journey.metrics[:2000]


def test_the_running_service_logs_no_error(journey: Journey) -> None:
    assert "Traceback" not in journey.log, journey.log[-4000:]


def test_running_it_leaves_nothing_that_git_sees(journey: Journey) -> None:
    assert journey.litter == []


def test_a_second_apply_changes_nothing(journey: Journey) -> None:
    assert journey.again is not None
    assert journey.again.exit_code == 0, journey.again.output
    assert not journey.changed_again, journey.again.output


def test_remove_puts_every_byte_back(journey: Journey) -> None:
    assert journey.removed is not None
    assert journey.removed.exit_code == 0, journey.removed.output
    assert journey.status == ""
    assert journey.same_bytes
