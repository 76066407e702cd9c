"""Fits weights to labelled pairs: logistic regression over what the comparators saw, in bits.

A weight is then what one fact adds to all the others (Fellegi and Sunter's m/u, where facts depend on each
other). Used by bench/matching/fit.py, which made the shipped weights, and by `proposal`, which begins there.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Name = tuple[str, str, str]
"""Comparator, row of the table, and what is counted: `times` or `bits`."""
Numbers = NDArray[np.float64]
_STEPS = 50
_LEAST_STEP = 1e-6


def matrix(rows: Sequence[Mapping[Name, float]], names: Sequence[Name]) -> Numbers:
    """One line a pair, one column a name; what a pair has beside these names is left out."""
    place = {name: index for index, name in enumerate(names)}
    values = np.zeros((len(rows), len(names)))
    for index, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                values[index, place[name]] = value
    return values


def fit(
    values: Numbers,
    labels: Numbers,
    importance: Numbers,
    shrink: Numbers,
    prior: Numbers | None = None,
) -> Numbers:
    """Weights in bits, the constant last, by Newton's method.

    `values`: pairs x names. `labels` (1: one person) and `importance`: one a pair. `shrink` draws each
    weight, the constant last, towards `prior` (bits; 0 if not given): 1 / variance, in nats.
    """
    ones = np.hstack([values, np.ones((len(values), 1))])
    begin = np.zeros(ones.shape[1]) if prior is None else prior * math.log(2)
    weights = begin.copy()
    signs = 1 - 2 * labels

    def loss(at: Numbers) -> float:
        wrong = np.logaddexp(0, signs * (ones @ at))
        return float(importance @ wrong + shrink @ (at - begin) ** 2 / 2)

    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(ones @ weights, -30, 30)))
        slope = ones.T @ (importance * (chance - labels)) + shrink * (weights - begin)
        bend = (ones * (importance * chance * (1 - chance))[:, None]).T @ ones + np.diag(shrink + 1e-9)
        step = np.linalg.solve(bend, slope)
        # Far from the end a whole step may overshoot, and the next one more so.
        while loss(weights - step) > loss(weights) and float(np.abs(step).max()) >= _LEAST_STEP:
            step /= 2
        weights = weights - step
        if float(np.abs(step).max()) < _LEAST_STEP:
            break
    bits: Numbers = weights / math.log(2)
    return bits


def scores(weights: Numbers, values: Numbers) -> Numbers:
    """Scores in bits."""
    result: Numbers = values @ weights[:-1] + weights[-1]
    return result


def surprise(given: Numbers, labels: Numbers) -> float:
    """How many bits the decisions surprise, on average, whoever expects what these scores (bits) say.

    1 for whoever says "half and half" to everything; less is better.
    """
    signed = np.where(labels == 1, given, -given)
    return float(np.log2(1 + np.exp2(-np.clip(signed, -40, 40))).mean())
