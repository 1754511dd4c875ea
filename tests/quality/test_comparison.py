"""The decision of the performance gate, under noise as machines really have it."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality.comparison import Arms, compare, compare_all

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15

# Kinds of noise: by which factor the machine is slower while one arm of one round runs. `moment` goes from 0 to 1.


def heavy_tails(generator: random.Random, moment: float) -> float:
    """A few percent, and one measurement in ten that a neighbour slows by up to a half."""
    neighbour = generator.uniform(0.1, 0.5) if generator.random() < 0.1 else 0
    return math.exp(generator.gauss(0, 0.02) + neighbour)


def drift(generator: random.Random, moment: float) -> float:
    """A processor that gets warm: 40 % slower from the first measurement to the last."""
    return (1 + 0.4 * moment) * math.exp(generator.gauss(0, 0.02))


def two_speeds(generator: random.Random, moment: float) -> float:
    """Two layouts of memory, 10 % apart, drawn anew in every process."""
    return (1.1 if generator.random() < 0.3 else 1.0) * math.exp(generator.gauss(0, 0.015))


def simulate(noise: Callable[[random.Random, float], float], slowdown: float, seed: int) -> Arms:
    generator = random.Random(seed)  # noqa: S311
    arms: dict[str, list[float]] = {"base": [], "head": [], "base_again": []}
    for number in range(ROUNDS):
        order = list(arms)
        generator.shuffle(order)
        for place, arm in enumerate(order):
            moment = (number + place / 3) / ROUNDS
            arms[arm].append(1e-3 * noise(generator, moment) * (slowdown if arm == "head" else 1))
    return Arms(arms["base"], arms["head"], arms["base_again"])


def verdicts(
    noise: Callable[[random.Random, float], float], slowdown: float, *, runs: int, benchmarks: int = 1
) -> list[set[str]]:
    """What seeded runs decide, each of several benchmarks that changed alike."""
    found = []
    for run in range(runs):
        arms = {str(k): simulate(noise, slowdown, benchmarks * run + k) for k in range(benchmarks)}
        found.append({one.verdict for one in compare_all(arms, threshold=5, seed=run).values()})
    return found


@pytest.mark.parametrize("noise", [heavy_tails, drift, two_speeds])
class TestErrorRates:
    """The bounds that the gate promises: alarms in at most 1 % of runs, 95 % of slowdowns by a fifth found."""

    def test_same_code_raises_no_alarm(self, noise: Callable[[random.Random, float], float]) -> None:
        found = verdicts(noise, 1.0, runs=40, benchmarks=3)
        assert sum(run != {"same"} for run in found) <= 0.01 * len(found)

    def test_a_fifth_more_time_is_found(self, noise: Callable[[random.Random, float], float]) -> None:
        found = verdicts(noise, 1.2, runs=40)
        assert found.count({"slower"}) >= 0.95 * len(found)

    def test_a_fifth_less_is_an_improvement(self, noise: Callable[[random.Random, float], float]) -> None:
        found = verdicts(noise, 1 / 1.2, runs=20)
        assert found.count({"faster"}) >= 0.95 * len(found)


def steady(factor: float) -> Arms:
    generator = random.Random(4)  # noqa: S311
    times = [[1e-3 * math.exp(generator.gauss(0, 0.005)) for _ in range(ROUNDS)] for _ in range(3)]
    return Arms(times[0], [factor * time for time in times[1]], times[2])


def test_a_certain_slowdown_below_the_threshold_is_none() -> None:
    result = compare(steady(1.03), threshold=5, confidence=0.99, seed=1)
    assert result.low > 0
    assert result.verdict == "same"
    assert compare(steady(1.03), threshold=1, confidence=0.99, seed=1).verdict == "slower"


def test_what_base_shows_against_itself_raises_the_bar() -> None:
    """Base differs from itself by more than head from base: nobody can call that a slowdown."""
    quiet = steady(1.08)
    restless = Arms(quiet.base, quiet.head, [1.3 * time for time in quiet.base_again])
    assert compare(quiet, threshold=5, confidence=0.99, seed=1).verdict == "slower"
    result = compare(restless, threshold=5, confidence=0.99, seed=1)
    assert (result.verdict, result.noise > 20) == ("same", True)


def test_more_benchmarks_ask_for_more_confidence() -> None:
    one = compare_all({"a": steady(1)}, threshold=5, seed=1)["a"]
    ten = compare_all({str(k): steady(1) for k in range(10)}, threshold=5, seed=1)["3"]
    assert one.confidence == pytest.approx(0.99)
    assert ten.confidence == pytest.approx(0.999)
    assert ten.high - ten.low >= one.high - one.low


def test_the_same_seed_gives_the_same_result() -> None:
    arms = simulate(heavy_tails, 1.1, 7)
    first, second = (compare(arms, threshold=5, confidence=0.99, seed=3) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        pytest.param(Arms([1] * 4, [1] * 4, [1] * 4), "4 rounds are too few", id="too few rounds"),
        pytest.param(
            Arms([1] * 6, [1] * 5, [1] * 6), "lacks one of its arms", id="a round is missing in one arm"
        ),
        pytest.param(Arms([1] * 6, [0.0] * 6, [1] * 6), "not positive", id="a time of zero"),
    ],
)
def test_rounds_that_cannot_be_compared_are_refused(arms: Arms, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(arms, threshold=5, confidence=0.99, seed=1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.floats(1e-9, 1e3)] * 3),
        min_size=5,
        max_size=12,
    ),
    st.floats(0.1, 1000),
)
def test_units_do_not_matter_and_bounds_hold_the_estimate(
    rounds: list[tuple[float, float, float]], factor: float
) -> None:
    base, head, again = (list(column) for column in zip(*rounds, strict=True))
    result = compare(Arms(base, head, again), threshold=5, confidence=0.99, seed=1)
    scaled = [[time * factor for time in column] for column in (base, head, again)]
    other = compare(Arms(*scaled), threshold=5, confidence=0.99, seed=1)
    assert result.low <= result.high
    assert other.change == pytest.approx(result.change, rel=1e-6, abs=1e-6)
