"""Posting to a webhook: the one way by which anything leaves the machine, and only to an address that was named."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from journey.errors import JourneyError

__all__ = ["checked", "post"]

TIMEOUT: Final = 10.0  # seconds
TRIES: Final = 3
PAUSE: Final = 1.0  # seconds before the second try; twice as long before the third
# What a server may say that has no time just now.
BUSY: Final = (408, 425, 429)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect would be followed without what was to be posted: it is an error."""

    def redirect_request(self, *_told: Any) -> None:
        return None


def checked(url: str) -> str:
    """An address that can be posted to. Raises JourneyError for any other; only its host is ever repeated."""
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        known = known and "@" not in parts.netloc  # a user and a password would not be sent
    except ValueError:
        known = False
    if not known or any(letter.isspace() or not letter.isprintable() for letter in url.strip()):
        raise JourneyError("A webhook's address begins with https:// or http:// and names a host.")
    return url.strip()


def post(url: str, payload: Mapping[str, Any], *, timeout: float = TIMEOUT, pause: float = PAUSE) -> int:
    """Post a payload as JSON (UTF-8); returns the status with which it was taken, 200 to 299.

    timeout   seconds for each of three tries; `pause` seconds between the first two, twice that before the last

    Tried again where the server can't be reached, takes too long, or says that it is busy or broken (408, 425, 429,
    5xx). Redirects are not followed. Raises JourneyError with the host and the reason, never with the whole address,
    which holds a secret as a rule.
    """
    url = checked(url)
    host = urlsplit(url).netloc
    body = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode("utf-8")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "journey"}
    opener = urllib.request.build_opener(_Stay)
    reason = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 (the scheme was checked)
            with opener.open(request, timeout=timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            reason = f"{error.code} {error.reason}".strip()
            if error.code < 500 and error.code not in BUSY:
                break
        except (OSError, HTTPException, ValueError) as error:
            # URLError wraps what the system said.
            told = getattr(error, "reason", None) or error
            reason = getattr(told, "strerror", None) or str(told) or type(told).__name__
    raise JourneyError("The webhook at {host} did not take the message ({reason}).", host=host, reason=reason)
