"""Evidence as real tools write it, shortened; and makers of evidence files and snapshots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from quality import documents
from quality.evidence.files import EvidenceFile

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = {"cpu": "x", "cores": 2, "memory_mb": 1024, "os": "debian 12", "fingerprint": "0" * 16}
PASSING_AUDIT = {"dependencies": [{"name": "flask", "version": "3.1.0", "vulns": []}], "fixes": []}
PIP_AUDIT = {
    "dependencies": [
        {
            "name": "jinja2",
            "version": "2.4.1",
            "vulns": [
                {
                    "id": "PYSEC-2021-66",
                    "fix_versions": ["2.11.3"],
                    "aliases": ["CVE-2020-28493", "GHSA-g3rq-g295-4j3m"],
                    "description": "This affects the package jinja2 from 0.0.0 and before 2.11.3.",
                }
            ],
        },
        {"name": "flask", "version": "3.1.0", "vulns": []},
    ],
    "fixes": [],
}
PIP_AUDIT_OFFLINE = {
    "dependencies": [
        {
            "name": "flask",
            "skip_reason": "Dependency not found on PyPI and could not be audited: flask (3.1.0)",
        }
    ],
    "fixes": [],
}
NPM_AUDIT = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "minimist": {
            "name": "minimist",
            "severity": "critical",
            "isDirect": False,
            "via": [
                {
                    "source": 1097678,
                    "name": "minimist",
                    "dependency": "minimist",
                    "title": "Prototype Pollution in minimist",
                    "url": "https://github.com/advisories/GHSA-xvch-5gv4-984h",
                    "severity": "critical",
                    "range": "<0.2.4",
                }
            ],
            "effects": ["mkdirp"],
            "range": "<=0.2.3",
            "nodes": ["node_modules/minimist"],
            "fixAvailable": {"name": "mkdirp", "version": "1.0.4", "isSemVerMajor": True},
        },
        "mkdirp": {
            "name": "mkdirp",
            "severity": "critical",
            "isDirect": True,
            "via": ["minimist"],
            "effects": [],
            "range": "0.4.1 - 0.5.1",
            "nodes": ["node_modules/mkdirp"],
            "fixAvailable": {"name": "mkdirp", "version": "1.0.4", "isSemVerMajor": True},
        },
    },
    "metadata": {
        "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 2, "total": 2},
        "dependencies": {"prod": 3, "dev": 0, "optional": 0, "peer": 0, "peerOptional": 0, "total": 2},
    },
}
NPM_AUDIT_UNREACHABLE = {
    "message": "405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk",
    "method": "POST",
    "uri": "https://registry.example/-/npm/v1/security/advisories/bulk",
    "headers": {"content-length": ["0"]},
    "statusCode": 405,
    "body": "",
}
PNPM_AUDIT: dict[str, Any] = {
    "actions": [],
    "advisories": {
        "1097678": {
            "findings": [{"version": "0.0.8", "paths": [".>mkdirp>minimist"]}],
            "module_name": "minimist",
            "vulnerable_versions": "<0.2.4",
            "patched_versions": ">=0.2.4",
            "severity": "critical",
            "cves": ["CVE-2021-44906"],
            "github_advisory_id": "GHSA-xvch-5gv4-984h",
            "id": 1097678,
            "url": "https://github.com/advisories/GHSA-xvch-5gv4-984h",
        }
    },
    "muted": [],
    "metadata": {
        "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 1},
        "dependencies": 2,
        "devDependencies": 0,
        "optionalDependencies": 0,
        "totalDependencies": 2,
    },
}
YARN_CLASSIC_AUDIT = "\n".join(
    json.dumps(line)
    for line in (
        {
            "type": "auditAdvisory",
            "data": {"resolution": {"id": 1097678}, "advisory": PNPM_AUDIT["advisories"]["1097678"]},
        },
        {
            "type": "auditAdvisory",
            "data": {"resolution": {"id": 1097678}, "advisory": PNPM_AUDIT["advisories"]["1097678"]},
        },
        {
            "type": "auditSummary",
            "data": {"vulnerabilities": {"critical": 2}, "dependencies": 2, "totalDependencies": 2},
        },
    )
)
YARN_AUDIT = json.dumps(
    {
        "value": "minimist",
        "children": {
            "ID": 1097678,
            "Issue": "Prototype Pollution in minimist",
            "URL": "https://github.com/advisories/GHSA-xvch-5gv4-984h",
            "Severity": "critical",
            "Vulnerable Versions": "<0.2.4",
            "Tree Versions": ["0.0.8"],
            "Dependents": ["mkdirp@npm:0.5.1"],
        },
    }
)
YARN_AUDIT_CLEAN = (
    '{}\n{"type":"info","name":0,"displayName":"YN0000","indent":"","data":"No audit suggestions"}\n'
)
OSV_SCANNER = {
    "results": [
        {
            "source": {"path": "/src/pom.xml", "type": "lockfile"},
            "packages": [
                {
                    "package": {
                        "name": "org.apache.logging.log4j:log4j-core",
                        "version": "2.14.1",
                        "ecosystem": "Maven",
                    },
                    "vulnerabilities": [
                        {
                            "id": "GHSA-jfh8-c2jp-5v3q",
                            "aliases": ["CVE-2021-44228"],
                            "database_specific": {"severity": "CRITICAL"},
                            "affected": [
                                {
                                    "package": {
                                        "name": "org.apache.logging.log4j:log4j-core",
                                        "ecosystem": "Maven",
                                    },
                                    "ranges": [
                                        {
                                            "type": "ECOSYSTEM",
                                            "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}],
                                        }
                                    ],
                                }
                            ],
                        }
                    ],
                    "groups": [
                        {
                            "ids": ["GHSA-jfh8-c2jp-5v3q"],
                            "aliases": ["CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"],
                            "max_severity": "10.0",
                        }
                    ],
                }
            ],
        }
    ]
}
DEPENDENCY_CHECK = {
    "reportSchema": "1.1",
    "scanInfo": {"engineVersion": "12.1.0"},
    "projectInfo": {"name": "shop"},
    "dependencies": [
        {
            "fileName": "log4j-core-2.14.1.jar",
            "packages": [
                {"id": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "confidence": "HIGH"}
            ],
            "vulnerabilities": [{"source": "NVD", "name": "CVE-2021-44228", "severity": "CRITICAL"}],
        },
        {"fileName": "shop.jar"},
    ],
}
LCOV = """TN:
SF:src/prices.js
FN:1,price
DA:1,1
DA:2,1
DA:3,0
BRDA:2,0,0,1
BRDA:2,0,1,-
LF:3
LH:2
end_of_record
"""
JACOCO = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="shop"><package name="org/shop"><class name="org/shop/Prices" sourcefilename="Prices.java"/>
<sourcefile name="Prices.java"><line nr="3" mi="0" ci="3" mb="0" cb="0"/><line nr="5" mi="0" ci="2" mb="1" cb="1"/>
<line nr="6" mi="2" ci="0" mb="0" cb="0"/><counter type="LINE" missed="1" covered="2"/></sourcefile></package></report>
"""
SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="org.shop.PricesTest" time="0.2" tests="4" errors="1" skipped="1" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="cheap" classname="org.shop.PricesTest" time="0.1"/>
  <testcase name="dear" classname="org.shop.PricesTest" time="0.05">
    <failure message="expected: &lt;1&gt; but was: &lt;2&gt;" type="AssertionFailedError">at org.shop</failure>
  </testcase>
  <testcase name="broken" classname="org.shop.PricesTest" time="0.05"><error type="java.lang.Error">boom</error></testcase>
  <testcase name="later" classname="org.shop.PricesTest"><skipped/></testcase>
</testsuite>
"""
ESLINT = [
    {"filePath": "/elsewhere/a.js", "messages": [], "errorCount": 0},
    {
        "filePath": "src/b.js",
        "messages": [
            {
                "ruleId": "no-unused-vars",
                "severity": 2,
                "message": "'a' is defined but never used.",
                "line": 1,
                "column": 7,
            },
            {
                "ruleId": None,
                "fatal": True,
                "severity": 2,
                "message": "Parsing error",
                "line": 2,
                "column": 1,
            },
        ],
        "errorCount": 2,
    },
]


def evidence(directory: Path, content: object, name: str = "reports/audit.json") -> EvidenceFile:
    """Write a file of evidence; what is neither text nor bytes is written as JSON."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return EvidenceFile(directory, path)


def snapshot(**parts: Any) -> documents.Snapshot:
    """Return a snapshot that passes every gate, with some parts different."""
    whole: dict[str, Any] = {
        "release": "topic",
        "commit": "a" * 40,
        "environment": ENVIRONMENT,
        "quality_score": 90.0,
        "tests": {"coverage_percent": 85.0, "total": 10, "failed": 0, "errors": 0, "skipped": 0},
        "dependencies": {"vulnerabilities": 0, "checked": 12},
        "code_quality": {"smells_count": 0, "lines": 900},
    }
    return documents.Snapshot.model_validate(whole | parts)
