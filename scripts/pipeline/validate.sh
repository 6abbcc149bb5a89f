#!/bin/sh
set -eu
cd "$(dirname "$0")/../.."
out="${MODEL_FOLDER:-build/model}"
npm run --silent log-anomalies -- validate-model-performance --config scripts/pipeline/config.yaml --model "$out/model.json" --test-data "$out/test_logs.ndjson" --compare none
