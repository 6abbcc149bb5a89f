#!/bin/sh
set -eu
cd "$(dirname "$0")/../.."
out="${MODEL_FOLDER:-build/model}"
npm run --silent log-anomalies -- train-model --input "$out/training_data.ndjson" --detector scripts/pipeline/detector.yml --output "$out/model.json"
npm run --silent log-anomalies -- evaluate-model --model "$out/model.json" --test-data "$out/test_logs.ndjson" --html "$out/evaluation.html"
