#!/bin/sh
# Needs ELASTICSEARCH_URL and a key or password in the environment.
set -eu
cd "$(dirname "$0")/../.."
out="${MODEL_FOLDER:-build/model}"
npm run --silent log-anomalies -- deploy-model --config scripts/pipeline/config.yaml --model "$out/model.json" --test-data "$out/test_logs.ndjson"
