"""What a fake acknowledged, on the disk before it says so: lines of JSON that only grow."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any


class Ledger:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        with self._lock:
            os.write(self._file, (json.dumps({"at": time.time(), **entry}) + "\n").encode())
            os.fsync(self._file)


class Tail:
    """Reads a ledger; asked again, it reads on from where it was."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._entries = path, 0, list[dict[str, Any]]()

    def __call__(self) -> list[dict[str, Any]]:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._offset += len(line)
                    self._entries.append(json.loads(line))
        return self._entries
