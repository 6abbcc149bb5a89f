"""Count vectors of sessions, ranked by others, for the benchmark: driven line by line over standard input and output.

Each line is a JSON request, each answer a JSON line. Matrices are raw little-endian float32 files, row-major.
"""

import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.ensemble import IsolationForest


def read(request, part):
    return np.fromfile(request[part], dtype="<f4").reshape(-1, request["columns"])


def isolation_forest(training, test, seed):
    """100 trees of 256 rows, as in scikit-learn's defaults."""
    forest = IsolationForest(n_estimators=100, random_state=seed, n_jobs=1).fit(training)
    return -forest.score_samples(test)


def principal_components(training, test, _seed):
    """Squared prediction error beyond the components that hold 95 % of the variance, of counts weighted by tf-idf and centred (loglizer's PCA)."""
    holding = np.sum(training > 0, axis=0)
    weights = np.log(len(training) / (holding + 1e-8))
    mean = (training * weights).mean(axis=0)
    centred = training * weights - mean
    _, values, components = np.linalg.svd(centred, full_matrices=False)
    variance = np.cumsum(values**2) / np.sum(values**2)
    kept = components[: int(np.searchsorted(variance, 0.95)) + 1]
    own = test * weights - mean
    return np.sum((own - own @ kept.T @ kept) ** 2, axis=1)


METHODS = {"isolation_forest": isolation_forest, "pca": principal_components}

for line in sys.stdin:
    request = json.loads(line)
    scores = METHODS[request["method"]](read(request, "training"), read(request, "test"), request["seed"])
    print(json.dumps({"scores": [float(score) for score in scores]}), flush=True)
