#!/bin/sh
# Fixed data: the same seed and end give the same logs on every machine.
set -eu
cd "$(dirname "$0")/../.."
out="${MODEL_FOLDER:-build/model}"
mkdir -p "$out"
npm run --silent log-anomalies -- generate-logs --backfill 7d --rate 0.1 --anomaly-rate 0.02 --seed 1 --until 2026-01-08T00:00:00Z --output "$out/training_data.ndjson"
npm run --silent log-anomalies -- generate-logs --backfill 2d --rate 0.2 --anomaly-rate 0.05 --seed 2 --until 2026-01-10T00:00:00Z --output "$out/test_logs.ndjson"
