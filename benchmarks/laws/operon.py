"""Searches rows with pyoperon for some CPU seconds; reads one JSON document, prints one.

1,000 trees of at most 50 nodes, each fitted by ten steps of Levenberg-Marquardt; objectives are R2 and length, and the Bayesian
information criterion picks from the front. Everything else is as its symbolic regressor has it where nothing is said.
"""

import json
import math
import sys
import time

import numpy as np
from pyoperon.sklearn import SymbolicRegressor

POPULATION = 1000
# What an information criterion takes for the deviation of the noise where it needs one; the one that chooses does not.
UNUSED_DEVIATION = [1.0]
ARITHMETIC = "add,sub,mul,div,square,sqrt,exp,log,log1p,tanh,pow,fmin,fmax,constant,variable"


def columns(lists):
    return np.column_stack([np.asarray(values, dtype=float) for values in lists])


def plain(values):
    return [float(value) if math.isfinite(value) else None for value in values]


def main():
    given = json.load(sys.stdin)
    x, y = columns(given["columns"]), np.asarray(given["y"], dtype=float)
    start = time.process_time()
    regressor = SymbolicRegressor(
        allowed_symbols=ARITHMETIC + (",sin,cos" if given["isPeriodic"] else ""),
        objectives=["r2", "length"],
        model_selection_criterion="bayesian_information_criterion",
        optimizer_iterations=10,
        population_size=POPULATION,
        generations=1,
        max_evaluations=10**9,
        max_length=50,
        epsilon=0,
        n_threads=1,
        random_state=given["seed"],
        warm_start=True,
        uncertainty=UNUSED_DEVIATION,
    )
    candidates = POPULATION
    # It knows wall-clock time alone, so it is stopped between generations.
    while True:
        regressor.fit(x, y)
        candidates += POPULATION
        used = time.process_time() - start
        best = min(solution["mean_squared_error"] for solution in regressor.pareto_front_)
        # What is left of an exact fit in single precision.
        if used > given["seconds"] or best <= 1e-12 * np.var(y):
            break
        regressor.random_state = given["seed"] + candidates
    predict = lambda lists: plain(regressor.predict(columns(lists)))
    names = given["names"]
    document = {
        "candidates": candidates,
        "cpuSeconds": time.process_time() - start,
        "formula": regressor.get_model_string(regressor.model_, 6, names),
        "test": predict(given["test"]),
        "wide": predict(given["wide"]),
    }
    json.dump(document, sys.stdout)


main()
