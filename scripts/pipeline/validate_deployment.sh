#!/bin/sh
set -eu
cd "$(dirname "$0")/../.."
npm run --silent log-anomalies -- validate-deployment --config scripts/pipeline/config.yaml --detector-id http-services --window "${WATCH_WINDOW:-1h}" --duration "${WATCH_DURATION:-10m}"
