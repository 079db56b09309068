"""A low-code source of Airbyte's CDK that reads the issues of one repository, as its own command does: JSON lines."""

import json
import os
import sys
from pathlib import Path

from airbyte_cdk.cli.source_declarative_manifest import run

MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["issues"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "issues",
            "primary_key": ["id"],
            "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {
                    "type": "HttpRequester",
                    "url_base": "{{ config['base'] }}",
                    "path": "{{ config['path'] }}",
                    "http_method": "GET",
                    "request_parameters": {"state": "all", "sort": "updated", "direction": "asc"},
                },
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": []},
                },
                "paginator": {
                    "type": "DefaultPaginator",
                    "page_token_option": {"type": "RequestPath"},
                    "page_size_option": {
                        "type": "RequestOption",
                        "inject_into": "request_parameter",
                        "field_name": "per_page",
                    },
                    "pagination_strategy": {
                        "type": "CursorPagination",
                        "cursor_value": "{{ headers['link']['next']['url'] }}",
                        "stop_condition": "{{ 'next' not in headers['link'] }}",
                        "page_size": 100,
                    },
                },
            },
        }
    ],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
STREAM = {
    "stream": {"name": "issues", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
    "sync_mode": "full_refresh",
    "destination_sync_mode": "append",
}

url, repo, folder = sys.argv[1:]
files = {
    "config": {"base": url, "path": f"/repos/{repo}/issues"},
    "catalog": {"streams": [STREAM]},
    "manifest-path": MANIFEST,
}
command = ["read"]
for name, content in files.items():
    file = Path(folder) / f"{name}.json"
    file.write_text(json.dumps(content))
    command += [f"--{name}", str(file)]
os.dup2(os.open(Path(folder) / "issues.jsonl", os.O_WRONLY | os.O_CREAT), 1)
sys.argv[1:] = command
run()
