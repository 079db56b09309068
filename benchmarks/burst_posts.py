"""Somebody's storm of webhooks: signed as GitHub signs them, over connections that stay open.

    python -m benchmarks.burst_posts HOST PORT PATH SECRET FIRST COUNT CONNECTIONS

Prints JSON: how many answers of each status there were.
"""

import hashlib
import hmac
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

BODY = json.dumps({"action": "edited", "issue": {"number": 7, "body": "a text of some length " * 200}}).encode()


def post(host: str, port: int, path: str, secret: str, numbers: range) -> Counter[int]:
    answered = Counter[int]()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()}",
    }
    connection = HTTPConnection(host, port, timeout=60)
    for number in numbers:
        connection.request("POST", path, BODY, {**headers, "X-GitHub-Delivery": f"delivery-{number}"})
        answer = connection.getresponse()
        answer.read()
        answered[answer.status] += 1
    connection.close()
    return answered


def main() -> None:
    host, port, path, secret = sys.argv[1:5]
    first, count, connections = map(int, sys.argv[5:])
    parts = [range(first + one, first + count, connections) for one in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        answered = sum(pool.map(lambda part: post(host, int(port), path, secret, part), parts), Counter[int]())
    print(json.dumps(answered))


if __name__ == "__main__":
    main()
