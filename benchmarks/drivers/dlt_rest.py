"""dlt's source for REST APIs into DuckDB or SQLite, with its defaults: nested lists become tables of their own."""

import json
import os
import sys
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

url, repo, folder, kind = sys.argv[1:]
os.environ |= {"DLT_DATA_DIR": folder, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
issues = {
    "name": "issues",
    "primary_key": "id",
    "write_disposition": "merge",
    "endpoint": {
        "path": f"repos/{repo}/issues",
        "params": {"per_page": 100, "state": "all", "sort": "updated", "direction": "asc"},
    },
}
source = rest_api_source(
    {"client": {"base_url": f"{url}/", "paginator": {"type": "header_link"}}, "resources": [issues]}
)
file = Path(folder) / "issues.db"
store = dlt.destinations.duckdb(str(file)) if kind == "duckdb" else dlt.destinations.sqlalchemy(f"sqlite:///{file}")
line = dlt.pipeline(pipeline_name="issues", destination=store, dataset_name="main", pipelines_dir=folder)
line.run(source)
with line.sql_client() as client, (Path(folder) / "issues.jsonl").open("w", encoding="utf-8") as lines:
    for number, title in client.execute_sql("SELECT number, title FROM issues"):
        print(json.dumps({"number": number, "title": title}), file=lines)
