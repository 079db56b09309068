"""PyGithub: all issues of a repository, and what most scripts take of each, as JSON lines."""

import json
import sys
from pathlib import Path

from github import Auth, Github

url, repo, folder = sys.argv[1:]
hub = Github(base_url=url, auth=Auth.Token("none"), per_page=100, seconds_between_requests=None, retry=None)
with (Path(folder) / "issues.jsonl").open("w", encoding="utf-8") as lines:
    for issue in hub.get_repo(repo).get_issues(state="all", sort="updated", direction="asc"):
        kept = {name: getattr(issue, name) for name in ("number", "title", "body", "state", "html_url", "comments")}
        kept["author"], kept["labels"] = issue.user.login, [label.name for label in issue.labels]
        kept |= {name: str(getattr(issue, name)) for name in ("created_at", "updated_at", "closed_at")}
        print(json.dumps(kept), file=lines)
