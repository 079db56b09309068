"""Perceval's backend of GitHub, written as its own command writes it: one object a line."""

import json
import sys
from pathlib import Path

from perceval.backends.core.github import GitHub

url, repo, folder = sys.argv[1:]
owner, name = repo.split("/")
with (Path(folder) / "issues.jsonl").open("w", encoding="utf-8") as lines:
    for item in GitHub(owner, name, api_token=["none"], base_url=url).fetch():
        print(json.dumps(item, sort_keys=True), file=lines)
