"""Logs drawn from known journeys, with friction planted where tests and benchmarks want it."""

from journey.simulate.draw import Simulated, simulate
from journey.simulate.files import write_parquet
from journey.simulate.truth import truth
from journey.simulate.world import Planted, World
from journey.simulate.worlds import random_world

__all__ = ["Planted", "Simulated", "World", "random_world", "simulate", "truth", "write_parquet"]
