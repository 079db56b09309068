"""Two projects' real issues as an organisation: microsoft/vscode and tensorflow/tensorflow in the summer of 2023."""

import csv
from pathlib import Path
from typing import Any

import yaml

AS_OF = "2023-08-21T12:00:00+00:00"
WEEK = "2023-W33"
PROJECTS = ("microsoft/vscode", "tensorflow/tensorflow")

ORG: dict[str, Any] = {
    "people": [
        {"id": "top", "name": "Robin", "email": "top@tools.example"},
        {"id": "editor", "name": "Ada", "email": "editor@tools.example"},
        {"id": "learning", "name": "Sam", "email": "learning@tools.example"},
    ],
    "teams": [
        {"id": "tools", "name": "Developer Tools", "leader": "top"},
        {
            "id": "vscode",
            "name": "VS Code",
            "parent": "tools",
            "leader": "editor",
            "size": 30,
            "owns": [{"project": "microsoft/vscode"}],
        },
        {
            "id": "tensorflow",
            "name": "TensorFlow",
            "parent": "tools",
            "leader": "learning",
            "size": 40,
            "owns": [{"project": "tensorflow/tensorflow"}],
        },
    ],
    "fallback": "tools",
}


def organisation(directory: Path, shared: Path) -> Path:
    """The CSV has no ids and no authors: rows are numbered, and each issue is its own author."""
    directory.mkdir(parents=True, exist_ok=True)
    csv.field_size_limit(10**9)
    with (shared / "data/labelled/nlbse24/issues_train.csv").open(newline="", encoding="utf-8") as whole:
        rows = csv.DictReader(whole)
        with (directory / "issues.csv").open("w", newline="", encoding="utf-8") as ours:
            writer = csv.DictWriter(ours, rows.fieldnames or [])
            writer.writeheader()
            writer.writerows(row for row in rows if row["repo"] in PROJECTS)
    source = {
        "name": "github-2023",
        "kind": "file",
        "path": "issues.csv",
        "number_rows": True,
        "author_role": "customer",
        "fields": {"project": "repo"},
    }
    (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": [source]}))
    (directory / "org.yaml").write_text(yaml.safe_dump(ORG))
    settings = {"organisation": {"name": "Developer Tools"}, "mail": {"from": "Leaf Notes <leaf@tools.example>"}}
    (directory / "settings.yaml").write_text(yaml.safe_dump(settings))
    return directory
