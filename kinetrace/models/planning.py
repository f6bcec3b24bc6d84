"""Search for a latent change that minimises a cost: cross-entropy method and its random-shooting baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Cost = Callable[[Float[np.ndarray, "samples dim"]], Float[np.ndarray, "samples"]]


@dataclass(frozen=True)
class SearchBudget:
    """How much a search may look at.

    Attributes:
        samples: Candidates an iteration.
        elites: Best of them, to which the next distribution is fitted.
        iterations: Rounds.
    """

    samples: int
    elites: int
    iterations: int


@dataclass(frozen=True)
class SearchResult:
    """The best candidate that was met.

    Attributes:
        best: The candidate.
        cost: Its cost.
        evaluations: Candidates looked at.
    """

    best: Float[np.ndarray, "dim"]
    cost: float
    evaluations: int


def cross_entropy_search(
    cost: Cost, spread: Float[np.ndarray, "dim"], budget: SearchBudget, rng: np.random.Generator
) -> SearchResult:
    """Minimise `cost` by fitting a diagonal Gaussian to the best samples, round after round.

    Starts at zero change; zero itself and the best so far are always among the candidates, so the result is never worse
    than doing nothing. Source: Rubinstein 1999; the kept best is from iCEM (Pinneri 2020).

    Args:
        cost: Candidates (samples, dim) to costs (samples,); smaller is better.
        spread: Standard deviation of the first round, one a dimension.
        budget: Samples, elites, iterations.
        rng: Source of chance.

    Returns:
        The best candidate met.

    Raises:
        ValueError: Fewer samples than elites.
    """
    if budget.elites > budget.samples:
        raise ValueError(f"expected at most {budget.samples} elites (the samples), found {budget.elites}")
    mean, deviation = np.zeros_like(spread), spread.copy()
    best, best_cost = np.zeros_like(spread), float(cost(np.zeros((1, len(spread))))[0])
    for _ in range(budget.iterations):
        samples = mean + deviation * rng.standard_normal((budget.samples, len(spread)))
        samples[0] = best
        costs = cost(samples)
        order = np.argsort(costs, kind="stable")[: budget.elites]
        if costs[order[0]] < best_cost:
            best, best_cost = samples[order[0]].copy(), float(costs[order[0]])
        mean, deviation = samples[order].mean(axis=0), samples[order].std(axis=0)
    return SearchResult(best, best_cost, 1 + budget.samples * budget.iterations)


def random_search(
    cost: Cost, spread: Float[np.ndarray, "dim"], budget: SearchBudget, rng: np.random.Generator
) -> SearchResult:
    """Give the best of as many independent Gaussian samples as `cross_entropy_search` would look at.

    Args:
        cost: Candidates (samples, dim) to costs (samples,).
        spread: Standard deviation, one a dimension.
        budget: Only samples × iterations counts.
        rng: Source of chance.

    Returns:
        The best candidate met; zero change is one of them.
    """
    best, best_cost = np.zeros_like(spread), float(cost(np.zeros((1, len(spread))))[0])
    for _ in range(budget.iterations):  # in rounds only to bound the memory
        samples = spread * rng.standard_normal((budget.samples, len(spread)))
        costs = cost(samples)
        first = int(np.argmin(costs))
        if costs[first] < best_cost:
            best, best_cost = samples[first].copy(), float(costs[first])
    return SearchResult(best, best_cost, 1 + budget.samples * budget.iterations)
