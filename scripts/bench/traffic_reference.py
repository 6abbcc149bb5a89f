"""What scikit-learn makes of labelled traffic, with columns of four kinds: for `npm run bench -- traffic`.

Each line on standard input is a JSON request with the files of the history and of the test (NDJSON) and what their
fields hold; the answer is a JSON line with the scores of the test for each kind of columns, higher more anomalous.
Nothing here is taken from the project: the features are computed independently.
"""

import json
import math
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from urllib.parse import unquote_plus

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.ensemble import IsolationForest

MASKED = re.compile(r"[0-9a-f]{8,}(?:-[0-9a-f]+)*|[0-9a-f-]{20,}|\d+", re.I)
ATTACK = re.compile(
    r"union\s+select|\bor\b\s*['\"]?\w+['\"]?\s*=|sleep\s*\(|waitfor|--\s*$|drop\s+table|'\s*/\*|<script|<svg|onerror|onload"
    r"|\.\.[/\\]|/etc/|\bwin\.ini|php://|file://|[;|`&]\s*(cat|wget|curl|id|ls|nc)\b|\$\(|\$\{|\{\{|169\.254",
    re.I,
)
LEVELS = {"TRACE": 0, "DEBUG": 0, "INFO": 0, "NOTICE": 0, "WARN": 1, "WARNING": 1, "ERROR": 3, "FATAL": 4, "CRITICAL": 4}
GRPC_CLIENT = {1, 3, 5, 6, 7, 8, 9, 10, 11, 16}
FEWEST_IN_A_GROUP = 20


def value(log, path):
    """A field by its name, nested or with dots in the name."""
    if path in log:
        return log[path]
    for part in path.split("."):
        if not isinstance(log, dict) or part not in log:
            return None
        log = log[part]
    return log


def number(log, path):
    found = value(log, path)
    return float(found) if isinstance(found, (int, float)) else 0.0


def masked(text):
    return MASKED.sub("*", str(text).split("?")[0])


def hour(log, path):
    return datetime.fromisoformat(value(log, path).replace("Z", "+00:00")).hour


def severity(log, fields):
    status = value(log, fields["status"])
    if fields["statusOf"] == "level":
        return LEVELS.get(str(status).upper(), 0)
    if fields["statusOf"] == "grpc":
        return 0 if status == 0 else 1 if status in GRPC_CLIENT else 3
    return 0 if status < 400 else 1 if status < 500 else 3


def plain_status(log, fields):
    status = value(log, fields["status"])
    return severity(log, fields) if fields["statusOf"] == "level" else float(status)


def route(log, fields):
    return " ".join(masked(value(log, name)) for name in fields["route"])


def rarity(history, test, key):
    counts = Counter(map(key, history))
    total = sum(counts.values())
    return [[-math.log((counts[key(log)] + 0.5) / (total + 1)) for log in logs] for logs in (history, test)]


def above_usual(history, test, fields, name):
    """Spreads that the logarithm lies above the median of its route; routes of few logs borrow from all."""
    groups = defaultdict(list)
    for log in history:
        if value(log, name) is not None:
            groups[route(log, fields)].append(math.log1p(number(log, name)))

    def usual(values):
        middle = np.median(values)
        return middle, max(0.1, 1.4826 * float(np.median(np.abs(np.array(values) - middle))))

    everything = usual([one for values in groups.values() for one in values])
    known = {key: usual(values) for key, values in groups.items() if len(values) >= FEWEST_IN_A_GROUP}

    def above(log):
        if value(log, name) is None:
            return 0.0
        middle, spread = known.get(route(log, fields), everything)
        return max(0.0, (math.log1p(number(log, name)) - middle) / spread)

    return [[above(log) for log in logs] for logs in (history, test)]


def columns(history, test, fields):
    both = (history, test)
    four = [
        np.array(
            [[number(log, fields["duration"]), plain_status(log, fields), number(log, fields["size"]), hour(log, fields["timestamp"])] for log in logs]
        )
        for logs in both
    ]
    logarithms = [matrix.copy() for matrix in four]
    for matrix in logarithms:
        matrix[:, [0, 2]] = np.log1p(matrix[:, [0, 2]])

    names = list(dict.fromkeys([fields["status"], *fields["rare"], *[n for n in fields["route"] if n != fields.get("text")]]))
    frequent = {n: [v for v, _ in Counter(str(value(log, n)) for log in history).most_common(20)] for n in names}
    one_hot = [
        np.hstack(
            [
                matrix[:, [0, 2, 3]],
                np.array([[float(str(value(log, n)) == v) for n in names for v in frequent[n]] for log in logs]),
            ]
        )
        for logs, matrix in zip(both, logarithms)
    ]

    knowing = [
        [[severity(log, fields) for log in logs] for logs in both],
        above_usual(history, test, fields, fields["duration"]),
        above_usual(history, test, fields, fields["size"]),
        rarity(history, test, lambda log: route(log, fields)),
    ]
    if fields.get("text"):
        signs = lambda log: float(bool(ATTACK.search(unquote_plus(str(value(log, fields["text"]))))))
        knowing.append([[signs(log) for log in logs] for logs in both])
    return {
        "exercise": four,
        "logarithms": logarithms,
        "one_hot": one_hot,
        "knowing": [np.array([feature[part] for feature in knowing]).T for part in (0, 1)],
    }


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def scores(request):
    history, test = read(request["history"]), read(request["test"])
    answer = {}
    for name, (train, rows) in columns(history, test, request["fields"]).items():
        subsample = 8192 if name == "knowing" else 256
        forest = IsolationForest(
            n_estimators=100, max_samples=min(subsample, len(train)), random_state=request["seed"], n_jobs=1
        ).fit(train)
        answer[name] = (-forest.score_samples(rows)).tolist()
    return answer


for line in sys.stdin:
    print(json.dumps(scores(json.loads(line))), flush=True)
