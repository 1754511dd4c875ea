"""Answers that between them take every way through the templates of images and compose files."""

from __future__ import annotations

import json
from typing import Any

PYTHON = {
    "package_dir": "app",
    "package": "app",
    "framework": "fastapi",
    "launch_command": ["uvicorn", "app.main:app"],
}
BARE: dict[str, Any] = {"instrumentation": False}
POSTGRESQL = {
    "DATABASE_URL": {"service": "postgresql", "value": "postgresql://app:{password}@{host}:{port}/app"},
    "CACHE": {"service": "redis", "value": "redis://{host}:{port}/0?name=a%20b"},
}
EVERY_SERVER = ["postgresql", "mysql", "mariadb", "mongodb", "redis", "rabbitmq", "memcached"]

CASES: dict[str, dict[str, Any]] = {
    "pip": PYTHON | {"dependency_file": "requirements.txt"},
    "pip, a folder of requirements": PYTHON | {"dependency_file": "requirements/production.txt"},
    "pip, pyproject": PYTHON | {"dependency_file": "pyproject.toml"},
    "pip, its own program": PYTHON
    | {"dependency_file": "pyproject.toml", "launch_command": ["shop-server", "--port=8000"]},
    "pip, setup.py": PYTHON | {"dependency_file": "setup.py"},
    "pip, no command": PYTHON | {"dependency_file": "requirements.txt", "launch_command": []},
    "pip, several processes": PYTHON
    | {
        "dependency_file": "requirements.txt",
        "process_count": 4,
        "launch_command": ["gunicorn", "-w", "4", "app:create()"],
    },
    "uv": PYTHON | {"package_manager": "uv", "dependency_file": "pyproject.toml", "lock_file": "uv.lock"},
    "uv, requirements": PYTHON | {"package_manager": "uv", "dependency_file": "requirements.txt"},
    "poetry": PYTHON
    | {"package_manager": "poetry", "dependency_file": "pyproject.toml", "lock_file": "poetry.lock"},
    "pdm": PYTHON | {"package_manager": "pdm", "dependency_file": "pyproject.toml", "lock_file": "pdm.lock"},
    "pipenv": PYTHON
    | {"package_manager": "pipenv", "dependency_file": "Pipfile", "lock_file": "Pipfile.lock"},
    "no locks": PYTHON | {"package_manager": "pdm", "dependency_file": "pyproject.toml"},
    "flask": PYTHON | {"framework": "flask", "launch_command": []},
    "django in src": PYTHON | {"framework": "django", "package_dir": "src/app", "launch_command": []},
    "not observed": BARE | {"launch_command": []},
    "metrics on a port of their own": PYTHON | {"metrics_port": 9090},
    "no health check": PYTHON | {"health": False, "tracing": False},
    "npm": BARE
    | {"language": "javascript", "lock_file": "package-lock.json", "launch_command": ["node", "server.js"]},
    "npm, built": BARE
    | {"language": "javascript", "build_script": True, "launch_command": ["node", "dist/main.js"]},
    "pnpm": BARE
    | {
        "language": "javascript",
        "package_manager": "pnpm",
        "lock_file": "pnpm-lock.yaml",
        "launch_command": [],
    },
    "yarn": BARE
    | {"language": "javascript", "package_manager": "yarn", "lock_file": "yarn.lock", "build_script": True},
    "maven": BARE | {"language": "java"},
    "maven, no Spring": BARE
    | {"language": "java", "spring_boot": False, "launch_command": ["java", "-jar", "app.jar"]},
    "gradle": BARE | {"language": "java", "package_manager": "gradle"},
    "gradle, wrapper, no Spring": BARE
    | {"language": "java", "package_manager": "gradle", "build_wrapper": "gradlew", "spring_boot": False},
    "every server": PYTHON | {"service_containers": EVERY_SERVER, "service_environment": POSTGRESQL},
    "a service in a folder": PYTHON
    | {"service_dir": "services/api", "dockerfile": "Dockerfile.release-quality"},
    "outside": PYTHON | {"include_app": False},
    "outside, with servers": PYTHON | {"include_app": False, "service_containers": ["postgresql"]},
    "no load": PYTHON | {"include_benchmark_profile": False},
    "the port of Grafana": BARE | {"language": "javascript", "port": 3000},
    "the port of Prometheus": PYTHON | {"port": 9090, "metrics_port": 16686},
    "a name in capitals": PYTHON | {"service_name": "Shop.API"},
}


def answers(case: str) -> dict[str, Any]:
    """Return the answers of a case."""
    return {"docker": True, "service_name": "shop", **json.loads(json.dumps(CASES[case]))}
