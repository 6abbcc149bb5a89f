"""Isolation forests of scikit-learn for the benchmarks, driven line by line over standard input and output.

Each line is a JSON request, each answer a JSON line. Matrices are raw little-endian float32 files, row-major.
"""

import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score

matrices = {}
forests = {}


def load(request):
    values = np.fromfile(request["path"], dtype="<f4").reshape(-1, request["columns"])
    matrices[request["name"]] = values
    return {"rows": len(values), "version": sklearn.__version__}


def fit(request):
    values = matrices[request["name"]]
    start = time.process_time()
    forests[request["name"]] = IsolationForest(
        n_estimators=100, max_samples=request.get("psi", 256), random_state=request["seed"], n_jobs=1
    ).fit(values)
    return {"milliseconds": (time.process_time() - start) * 1000}


def score(request):
    values = matrices[request["name"]][: request.get("rows")]
    start = time.process_time()
    forests[request["name"]].score_samples(values)
    return {"milliseconds": (time.process_time() - start) * 1000}


def rank(request):
    """Fits with one seed and ranks: the same measures as common/metrics.ts."""
    fit(request)
    scores = -forests[request["name"]].score_samples(matrices[request["name"]])
    labels = np.fromfile(request["labels"], dtype=np.uint8)
    return {
        "rocAuc": float(roc_auc_score(labels, scores)),
        "averagePrecision": float(average_precision_score(labels, scores)),
    }


ACTIONS = {"load": load, "fit": fit, "score": score, "rank": rank}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(ACTIONS[request["action"]](request)), flush=True)
