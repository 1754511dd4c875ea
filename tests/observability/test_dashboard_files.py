"""Dashboards are what Grafana's own types know, and are laid out so that a person can read them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from support.monitoring import ANSWERS, rendered_to
from support.promql import dashboards, questions_of_dashboards, selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "template" / "observability"
DASHBOARDS = dashboards(FOLDER)
# Panels that every Grafana has had for years: there is none here to try others in.
KNOWN_PANELS = {"stat", "timeseries", "table", "heatmap"}
COLUMNS = 24

register_default_plugins()


def losses(given: Any, known: Any, path: str = "") -> Iterator[str]:
    """Yield where a document differs from what is left of it: unknown keys are dropped without a word."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            if key in known:
                yield from losses(value, known[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"
    elif isinstance(given, list) and isinstance(known, list) and len(given) == len(known):
        for number, (one, other) in enumerate(zip(given, known, strict=True)):
            yield from losses(one, other, f"{path}[{number}]")
    elif given != known or isinstance(given, str) != isinstance(known, str):
        yield path


def through_the_types(dashboard: dict[str, Any]) -> Any:
    """Read a dashboard into Grafana's types and write it again."""
    return json.loads(JSONEncoder().encode(Dashboard.from_json(copy.deepcopy(dashboard))))


def overlaps(panels: list[dict[str, Any]]) -> list[str]:
    """Return the titles of panels that stand on another one, or outside of the page."""
    taken: dict[tuple[int, int], str] = {}
    found = []
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        if cells & set(taken) or place["x"] + place["w"] > COLUMNS:
            found.append(panel["title"])
        taken |= dict.fromkeys(cells, panel["title"])
    return found


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_grafanas_types_know_every_key(uid: str) -> None:
    assert list(losses(DASHBOARDS[uid], through_the_types(DASHBOARDS[uid]))) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("titel", "Service"),
        ("panels.1.titel", "Requests"),
        ("panels.1.gridPos.height", 4),
        ("panels.1.targets.0.exprs", "up"),
        ("panels.1.options.graphmode", "area"),
        ("panels.6.fieldConfig.defaults.units", "s"),
        ("templating.list.0.multiple", True),
    ],
)
def test_a_key_that_grafana_does_not_know_is_found(path: str, wrong: object) -> None:
    dashboard = copy.deepcopy(DASHBOARDS["service"])
    *way, last = path.split(".")
    at: Any = dashboard
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[last] = wrong
    assert len(list(losses(dashboard, through_the_types(dashboard)))) == 1


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_panels_stand_side_by_side(uid: str) -> None:
    assert overlaps(DASHBOARDS[uid]["panels"]) == []


def test_a_panel_on_top_of_another_is_found() -> None:
    panels = copy.deepcopy(DASHBOARDS["service"]["panels"])
    panels[3]["gridPos"]["x"] -= 1
    panels[-1]["gridPos"]["w"] += 1
    assert overlaps(panels) == [panels[3]["title"], panels[-1]["title"]]


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_every_panel_says_what_it_shows_and_in_which_unit(uid: str) -> None:
    panels = DASHBOARDS[uid]["panels"]
    assert len({panel["title"] for panel in panels}) == len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        numbers = (value for value in panel["gridPos"].values())
        assert all(isinstance(number, int) for number in numbers), panel["title"]
        assert panel["type"] in KNOWN_PANELS, panel["title"]
        assert panel["description"].endswith((".", "?")), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None, panel["title"]


def test_data_sources_and_links_lead_somewhere() -> None:
    files = [FOLDER / "grafana/provisioning/datasources/observability.yml", FOLDER / "history/datasource.yml"]
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    provided = {source["uid"]: source["type"] for document in documents for source in document["datasources"]}
    for uid, dashboard in DASHBOARDS.items():
        asked = [
            target["datasource"] for panel in dashboard["panels"] for target in [panel, *panel["targets"]]
        ]
        asked += [variable["datasource"] for variable in dashboard["templating"]["list"]]
        assert {(source["uid"], source["type"]) for source in asked} <= set(provided.items()), uid
        assert all(set(link["tags"]) <= set(dashboard["tags"]) for link in dashboard["links"]), uid
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = {
        line.partition("datasourceUid:")[2].strip() for line in text.splitlines() if "datasourceUid" in line
    }
    assert named == {"prometheus", "jaeger"}


def test_recorded_series_that_panels_ask_for_are_recorded() -> None:
    from support.promql import rules

    recorded = {rule["record"] for rule in rules(FOLDER) if "record" in rule}
    asked = {
        selector.partition("{")[0]
        for question in questions_of_dashboards(FOLDER)
        for selector in selectors(question.expression)
    }
    assert {name for name in asked if ":" in name} <= recorded
    assert len(asked & recorded) > 5


def test_what_is_not_promql_is_found() -> None:
    with pytest.raises(ValueError, match="invalid promql"):
        selectors("sum(x) by")


# --- which of the files are rendered --------------------------------------------------------------

SERVICE = {"service.json", "requests.yml", "service-alerts.yml"}
PROCESS = {"runtime.json", "process-alerts.yml"}


@pytest.mark.parametrize(
    ("answers", "without"),
    [
        ({}, set()),
        ({"libraries": ["sqlalchemy"]}, {"cache.json"}),
        ({"libraries": ["redis"]}, {"database.json"}),
        ({"process_count": 4}, PROCESS),
        ({"metrics": False}, SERVICE | PROCESS | {"database.json", "cache.json"}),
        ({"tracing": False}, {"calls.json", "calls.yml"}),
        ({"gates": False}, {"release-quality.json", "datasource.yml", "provider.yml", "compose.yml"}),
        (
            {"framework": "django", "libraries": ["django", "django_cache"]},
            set(),
        ),
    ],
    ids=[
        "everything",
        "no cache",
        "no database",
        "worker processes",
        "no metrics",
        "no traces",
        "no gates",
        "django",
    ],
)
def test_nothing_is_rendered_that_would_be_empty(
    tmp_path: Path, answers: dict[str, Any], without: set[str]
) -> None:
    everything = {path.name.removesuffix(".jinja") for path in FOLDER.rglob("*") if path.is_file()}
    rendered = {path.name for path in rendered_to(tmp_path, ANSWERS | answers).rglob("*") if path.is_file()}
    assert everything - rendered == without


@pytest.mark.parametrize(
    "answers", [{"docker": False}, {"include_infrastructure": False}], ids=["no docker", "no infrastructure"]
)
def test_nothing_is_rendered_without_the_compose_file(tmp_path: Path, answers: dict[str, Any]) -> None:
    assert not rendered_to(tmp_path, ANSWERS | answers).exists()
