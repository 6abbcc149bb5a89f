#!/bin/sh
# Installs what the demo and the tests need: Node packages always; Java, Maven and (with --tests) Chromium and jq when they
# are missing and apt-get may be used. Says what is missing otherwise.
set -eu
cd "$(dirname "$0")/.."

need_java=no
if [ -z "${ELASTICSEARCH_URL:-}" ]; then
  command -v java >/dev/null 2>&1 && command -v mvn >/dev/null 2>&1 || need_java=yes
fi
packages=""
[ "$need_java" = yes ] && packages="openjdk-17-jdk-headless maven"
if [ "${1:-}" = --tests ] && [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null 2>&1; then
  packages="$packages chromium"
fi
if [ "${1:-}" = --tests ] && ! command -v jq >/dev/null 2>&1; then
  packages="$packages jq"
fi
if [ -n "$packages" ]; then
  if command -v apt-get >/dev/null 2>&1; then
    run=""
    [ "$(id -u)" = 0 ] || run=sudo
    echo "Installing $packages" >&2
    $run apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $packages >/dev/null
  else
    echo "Please install: $packages (on macOS: brew install openjdk@17 maven chromium jq), then run this again." >&2
    exit 2
  fi
fi

# npm ci only when the lockfile is newer than what is installed.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing Node packages" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
