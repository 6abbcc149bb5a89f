#!/bin/sh
# Says in GITHUB_OUTPUT that limits are broken (exit code 7): no other failure speaks against the model.
set -eu
cd "$(dirname "$0")/../.."
code=0
npm run --silent log-anomalies -- validate-deployment --config scripts/pipeline/config.yaml --detector-id http-services --window "${WATCH_WINDOW:-1h}" --duration "${WATCH_DURATION:-10m}" || code=$?
if [ "$code" = 7 ] && [ -n "${GITHUB_OUTPUT:-}" ]; then echo "limits_broken=true" >> "$GITHUB_OUTPUT"; fi
exit "$code"
