"""Journey: customer journeys mined from real events and surveys. These are the public names."""

from journey.analysis.friction import Ranking, friction
from journey.analysis.validate import Validation, validate
from journey.errors import InputError, JourneyError, RecipeError
from journey.events.funnel import FunnelStep, funnel
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.events.opening import open, read
from journey.events.variants import Variant, variants
from journey.model import END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition, frame
from journey.simulate import simulate

__all__ = [
    "END",
    "START",
    "EventLog",
    "Friction",
    "FunnelStep",
    "InputError",
    "Journey",
    "JourneyError",
    "Measure",
    "Ranking",
    "RecipeError",
    "Scale",
    "Touchpoint",
    "Transition",
    "Validation",
    "Variant",
    "frame",
    "friction",
    "funnel",
    "mine",
    "open",
    "read",
    "simulate",
    "validate",
    "variants",
]
