#!/bin/sh
# What the browser tests need: the rules of accessibility from npm, and a Chromium: the system's if there is one, else
# from apt, else from Playwright. Without them those tests are skipped with a reason, so a failure here is told and not
# fatal.
if command -v npm >/dev/null; then
    npm ci --prefix "$(dirname "$0")" --ignore-scripts --no-audit --no-fund --silent ||
        echo "axe-core could not be installed: the accessibility tests will be skipped."
fi
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    if apt-get update -qq && apt-get install -y -qq chromium; then exit 0; fi
fi
"$1" -m playwright install chromium || echo "No Chromium could be installed: the browser tests will be skipped."
