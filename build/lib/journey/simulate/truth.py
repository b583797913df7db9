"""What a world does to its customers on average: exact, from the model, never from a sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.simulate.answers import CES_CUTS, CSAT_CUTS, LEVELS, MOOD, categories, reply, severity
from journey.simulate.world import World, wait_severity

__all__ = ["truth"]

Floats = NDArray[np.float64]


def truth(world: World, *, response: float, people: float) -> pd.DataFrame:
    """Expected severities, one row a touchpoint in the order of the world.

    visits           expected visits per passage
    dissatisfaction, effort   mean severity (0–1, 1 is worst) over the answers that will be given
    dissatisfaction_felt, effort_felt   the same over all visits, answered or not
    answers          share of visits with a satisfaction answer
    exit             probability that a visit is the last without the goal or a legitimate end; 0 at those
    rework           probability that the same passage returns to the touchpoint
    wait             mean severity over arrivals from another event; nan without promise or arrivals
    switch           probability that a next event exists and is in another channel
    help             probability that the next event is a support touchpoint; nan at support touchpoints
    continues        probability that there is a next event

    All are probabilities or means per visit (`switch / continues` is per move). The friction window is taken to
    be long against the waits: about one wait in ten thousand is not. Each level of customers is an absorbing
    Markov chain with its own visits N = (I − Q)⁻¹ (Kemeny & Snell 1960, ch. 3), and visits weigh the levels.
    """
    level = LEVELS * people
    chain = np.stack([world.matrix(one) for one in level])
    fundamental = np.linalg.inv(np.eye(len(world.touchpoints)) - chain)
    visits = np.einsum("i,lij->lj", world.start, fundamental) / len(level)
    leave = np.stack([world.leaving(one) for one in level])
    unhappy_exit = np.where(world.legitimate, 0.0, leave)
    returns = 1 - 1 / np.einsum("lii->li", fundamental)
    helped = chain @ world.helping.astype(float)

    def mean(per_level: Floats) -> Floats:
        total: Floats = visits.sum(axis=0)
        weighed: Floats = (visits * per_level).sum(axis=0)
        return np.divide(weighed, total, out=np.full_like(total, np.nan), where=total > 0)

    table = {"touchpoint": list(world.touchpoints), "visits": visits.sum(axis=0)}
    for name, latent, cuts in (
        ("dissatisfaction", world.satisfaction, CSAT_CUTS),
        ("effort", world.ease, CES_CUTS),
    ):
        bad = severity(cuts)
        share = categories(latent[None, :] - MOOD * level[:, None], cuts)
        answered = share * reply(response, bad) * (1 - unhappy_exit)[:, :, None]
        rated = mean(answered.sum(axis=2))
        table[name] = mean(answered @ bad) / np.where(rated > 0, rated, np.nan)
        table[f"{name}_felt"] = mean(share @ bad)
        if name == "dissatisfaction":
            table["answers"] = rated
    flow = (visits[:, :, None] * chain).sum(axis=0)
    arrivals = flow.sum(axis=0)
    late = wait_severity(world.wait - np.log(world.promise)[None, :], world.spread)
    table |= {
        "exit": mean(unhappy_exit),
        "rework": mean(returns),
        "wait": np.divide((flow * late).sum(axis=0), arrivals, out=np.full_like(arrivals, np.nan), where=arrivals > 0),
        "switch": mean((1 - leave) * world.switch),
        "help": np.where(world.helping, np.nan, mean(helped)),
        "continues": mean(1 - leave),
    }
    return pd.DataFrame(table)
