"""Manifests of small services, to be put together by the tests."""

from __future__ import annotations

import json
from typing import Any

PYPROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11,<3.14"\ndependencies = ["fastapi", "uvicorn"]\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\n[tool.poetry.group.test.dependencies]\npytest = "*"\n'
TEST = "def test_one() -> None:\n    assert 1 + 1 == 2\n"
UNITTEST = "import unittest\n\n\nclass Words(unittest.TestCase):\n    def test_one(self) -> None:\n        self.assertEqual(1 + 1, 2)\n"


def package(**keys: Any) -> str:
    """Return a `package.json` of an Express service with further keys."""
    return json.dumps({"name": "shop", "dependencies": {"express": "^5"}, **keys})


def pom(properties: str = "", dependencies: str = "", build: str = "", rest: str = "") -> str:
    """Return a `pom.xml` of a Spring Boot service; dependencies are `artifact` or `artifact:scope`, by spaces."""
    listed = "".join(
        f"<dependency><groupId>g</groupId><artifactId>{name}</artifactId>{f'<scope>{scope}</scope>' if scope else ''}</dependency>"
        for name, _, scope in (
            item.partition(":") for item in ("spring-boot-starter-web " + dependencies).split()
        )
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>org.shop</groupId><artifactId>shop</artifactId><version>1.2.0</version>"
        f"<properties>{properties}</properties><dependencies>{listed}</dependencies><build>{build}</build>{rest}</project>\n"
    )


GRADLE = """plugins {
    id 'java'
    id 'org.springframework.boot' version '4.0.0'
    id "com.diffplug.spotless" version "7.0.0"
}
// sourceCompatibility = '8'
version = '0.1.0'
java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
dependencies {
    implementation 'org.springframework.boot:spring-boot-starter-web'
    runtimeOnly("org.postgresql:postgresql")
    testImplementation 'org.springframework.boot:spring-boot-starter-test'
}
"""
GRADLE_KTS = """plugins { java; id("org.springframework.boot") version "4.0.0" }
kotlin { jvmToolchain(17) }
dependencies {
    implementation("org.springframework.boot:spring-boot-starter-web")
    implementation(libs.amqp.client)
    testImplementation(platform("org.junit:junit-bom:6.0.0"))
}
"""
