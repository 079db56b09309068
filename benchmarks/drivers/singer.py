"""Singer's tap of GitHub, its stream of issues alone, as JSON lines.

One of its questions goes to api.github.com whatever it is configured with: every request is led to the address given.
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import requests
from tap_github.tap import TapGitHub

url, repo, folder = sys.argv[1:]
usual = requests.Session.prepare_request


def led(self, request):
    request.url = request.url.replace("https://api.github.com", url)
    return usual(self, request)


requests.Session.prepare_request = led
config = {
    "repositories": [repo],
    "auth_token": "none",
    "api_url_base": url,
    "start_date": "2020-01-01T00:00:00Z",
    "skip_parent_streams": True,
    "validate_repositories": False,
}
catalog = TapGitHub(config=config).catalog_dict
for stream in catalog["streams"]:
    stream["selected"] = stream["tap_stream_id"] == "issues"
    for entry in stream["metadata"]:
        if not entry["breadcrumb"]:
            entry["metadata"]["selected"] = stream["selected"]
(Path(folder) / "config.json").write_text(json.dumps(config))
(Path(folder) / "catalog.json").write_text(json.dumps(catalog))
with (Path(folder) / "issues.jsonl").open("w", encoding="utf-8") as lines, redirect_stdout(lines):
    TapGitHub.cli(["--config", f"{folder}/config.json", "--catalog", f"{folder}/catalog.json"])
