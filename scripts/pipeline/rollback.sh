#!/bin/sh
set -eu
cd "$(dirname "$0")/../.."
npm run --silent log-anomalies -- rollback-model --config scripts/pipeline/config.yaml --detector-id http-services --note "limits broken after deployment"
