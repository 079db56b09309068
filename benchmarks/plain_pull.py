"""The plain rival of `leafnotes pull`: requests and json in a loop that follows the links, counts, and stores nothing.

It imports nothing else, so that what it costs is what such a script would cost.
"""

import json
import sys

import requests


def pull(url: str) -> int:
    session, count = requests.Session(), 0
    following: str | None = url
    while following is not None:
        response = session.get(following, timeout=30)
        response.raise_for_status()
        count += len(json.loads(response.content))
        following = response.links.get("next", {}).get("url")
    return count


if __name__ == "__main__":
    print(pull(sys.argv[1]))
