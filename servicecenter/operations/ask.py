"""`python -m servicecenter.operations.ask readyz`: what a container's health check runs; ends with 1 unless it is 200.

Asks by the name the site answers to; any other host is refused.
"""

from __future__ import annotations

import os
import sys
import urllib.request


def main() -> None:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    asked = urllib.request.Request(f"http://127.0.0.1:8000/{sys.argv[1]}", headers={"Host": host})
    try:
        with urllib.request.urlopen(asked, timeout=2) as answer:
            sys.stdout.write(answer.read().decode())
    except OSError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
