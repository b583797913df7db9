"""Journey: customer journeys mined from real events and surveys. These are the public names."""

from journey.analysis.compare import Comparison, compare
from journey.analysis.compare_differences import Difference
from journey.analysis.flow import Flow, flow
from journey.analysis.friction import Ranking, friction
from journey.analysis.levers import Bottleneck, Converter, Lever
from journey.analysis.validate import Validation, validate
from journey.analysis.whatif import WhatIf
from journey.errors import InputError, JourneyError, RecipeError
from journey.events.funnel import FunnelStep, funnel
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.events.opening import open, read
from journey.events.selection import Selection
from journey.events.variants import Variant, variants
from journey.model import END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition, frame
from journey.simulate import simulate

__all__ = [
    "END",
    "START",
    "Bottleneck",
    "Comparison",
    "Converter",
    "Difference",
    "EventLog",
    "Flow",
    "Friction",
    "FunnelStep",
    "InputError",
    "Journey",
    "JourneyError",
    "Lever",
    "Measure",
    "Ranking",
    "RecipeError",
    "Scale",
    "Selection",
    "Touchpoint",
    "Transition",
    "Validation",
    "Variant",
    "WhatIf",
    "compare",
    "flow",
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
