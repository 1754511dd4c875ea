"""The examples of docs/benchmarks.md, run by the real tools against two versions of the code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.environments import cache_directory, environment
from support.processes import machine_environment
from support.quality_project import QualityProject

PAGE = (Path(__file__).parents[2] / "docs/benchmarks.md").read_text(encoding="utf-8")
QUICK = ["--rounds=5", "--iterations=25"]
PYTHON = "def total(prices):\n    return sum(price * 3 % 7 for price in prices{})\n"
NODE = "export const total = (prices) => {{ let sum = 0; for ({}) for (const p of prices) sum += p % 7; return sum; }};\n"
JAVA = """package shop;

public final class Prices {{
  public static long total(int[] prices) {{
    long sum = 0;
    for (int turn = 0; turn < {}; turn++) for (int price : prices) sum += price % 7;
    return sum;
  }}
}}
"""


def example(language: str, containing: str) -> str:
    """A block of the page."""
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (block,) = [block for block in blocks if containing in block]
    return block


@pytest.fixture
def project(
    tmp_path: Path, rendered_tool: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> QualityProject:
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CHANGE_TARGET"):
        monkeypatch.delenv(variable, raising=False)
    made = QualityProject(tmp_path / "project")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write(rendered_tool)
    made.write({".gitignore": "reports/\nnode_modules/\ntarget/\n__pycache__/\n"})
    return made


def two_versions(project: QualityProject, before: dict[str, str], after: dict[str, str]) -> None:
    project.write(before)
    project.commit("First")
    project.git("checkout", "-qb", "feature")
    project.write(after)
    project.commit("Slower")


def measured(project: QualityProject, python: str, *options: str) -> dict[str, Any]:
    command = [python, "tools/quality", "benchmark", *QUICK, *options]
    done = subprocess.run(
        command, cwd=project.root, env=machine_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((project.root / "reports/benchmarks.json").read_text())
    assert document["reason"] == ""
    return document


def ratio(document: dict[str, Any]) -> float:
    """Head's quickest round against base's, of the one benchmark."""
    (name,) = document["arms"]["head"]
    return float(min(document["arms"]["head"][name]) / min(document["arms"]["base"][name]))


@pytest.mark.runtime
class TestPython:
    """pytest-benchmark, in an environment of its own."""

    def python(self) -> str:
        return str(environment(["pytest", "pytest-benchmark"]))

    def versions(self, project: QualityProject, suite: str = "") -> None:
        common = {
            "benchmarks/standard.py": suite or example("python", "benchmark(total"),
            "src/shop/__init__.py": "",
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov -n 4"\n',
        }
        slower = {"src/shop/prices.py": PYTHON.format(" for _ in range(3)")}
        two_versions(project, common | {"src/shop/prices.py": PYTHON.format("")}, slower)

    def test_each_tree_measures_its_own_code(self, project: QualityProject) -> None:
        self.versions(project)
        document = measured(project, self.python())
        assert document["warnings"] == []
        assert ratio(document) > 2
        assert project.git("status", "--porcelain", "--ignored").split() == ["!!", "reports/"]

    def test_heads_code_in_base_stops_the_run(self, project: QualityProject) -> None:
        """As a suite does that names a directory, or an import hook that goes before the path."""
        suite = f"import sys\nsys.path.insert(0, {str(project.root / 'src')!r})\n"
        self.versions(project, suite + example("python", "benchmark(total"))
        command = [self.python(), "tools/quality", "benchmark", *QUICK]
        done = subprocess.run(
            command, cwd=project.root, env=machine_environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "base would be measured with head's code: it loads" in done.stderr
        assert not (project.root / "reports").exists()

    def test_a_suite_that_uses_no_code_of_the_project_is_said(self, project: QualityProject) -> None:
        self.versions(project, "def test_sum(benchmark):\n    benchmark(sum, range(1000))\n")
        (warning,) = measured(project, self.python())["warnings"]
        assert warning.startswith("the suite loads no code of this checkout")

    def test_base_falls_back_to_its_own_suite(self, project: QualityProject) -> None:
        self.versions(project)
        suite = "from shop.fresh import fresh\n\n\n" + example("python", "benchmark(total")
        project.write({"benchmarks/standard.py": suite, "src/shop/fresh.py": "fresh = 1\n"})
        project.commit()
        document = measured(project, self.python())
        assert document["warnings"][0].startswith("base runs its own suite, since head's does not run there")
        assert ratio(document) > 2


@pytest.mark.runtime
@pytest.mark.parametrize(("package", "mark"), [("tinybench@6", "tinybench"), ("mitata@1", "mitata")])
def test_javascript(project: QualityProject, package: str, mark: str) -> None:
    cache = cache_directory() / f"node-{mark}"
    if not (cache / "node_modules").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-save", "--prefix", str(cache), package]
        subprocess.run(install, check=True, timeout=300)
    (project.root / "node_modules").symlink_to(cache / "node_modules")
    common = {"benchmarks/standard.mjs": example("js", f"from '{mark}'"), "package.json": "{}\n"}
    slower = {"src/prices.mjs": NODE.format("let turn = 0; turn < 3; turn++")}
    two_versions(project, common | {"src/prices.mjs": NODE.format("let turn = 0; turn < 1; turn++")}, slower)
    document = measured(project, str(environment([])), "--suite", "benchmarks/standard.mjs")
    assert list(document["arms"]["base"]) == ["total"]
    assert ratio(document) > 2


POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId><artifactId>shop</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.openjdk.jmh</groupId><artifactId>jmh-core</artifactId><version>1.37</version>
    </dependency>
    <dependency>
      <groupId>org.openjdk.jmh</groupId><artifactId>jmh-generator-annprocess</artifactId><version>1.37</version>
      <scope>provided</scope>
    </dependency>
  </dependencies>
  <build><finalName>benchmarks</finalName><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-shade-plugin</artifactId><version>3.6.0</version>
    <executions><execution><phase>package</phase><goals><goal>shade</goal></goals><configuration><transformers>
      <transformer implementation="org.apache.maven.plugins.shade.resource.ManifestResourceTransformer">
        <mainClass>org.openjdk.jmh.Main</mainClass>
      </transformer>
    </transformers></configuration></execution></executions>
  </plugin></plugins></build>
</project>
"""


@pytest.mark.integration
@pytest.mark.skipif(shutil.which("mvn") is None, reason="needs Maven and a JDK")
def test_java(project: QualityProject) -> None:
    folder = "src/main/java/shop"
    common = {"pom.xml": POM, f"{folder}/PricesBenchmark.java": example("java", "@Benchmark")}
    two_versions(
        project,
        common | {f"{folder}/Prices.java": JAVA.format(1)},
        {f"{folder}/Prices.java": JAVA.format(3)},
    )
    build = ["--prepare", "mvn -q -o -DskipTests package"]
    subprocess.run(["mvn", "-q", "-DskipTests", "package"], cwd=project.root, check=True, timeout=300)
    jmh = ["--", *["-wi", "1", "-w", "100ms", "-i", "2", "-r", "100ms"]]
    document = measured(project, str(environment([])), *build, "--suite", "target/benchmarks.jar", *jmh)
    assert list(document["arms"]["base"]) == ["shop.PricesBenchmark.total"]
    assert ratio(document) > 2
