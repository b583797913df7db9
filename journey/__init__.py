"""Journey: customer journeys mined from real events and surveys. These are the public names."""

from journey.analysis.alerts import Alert, Alerts, ChangePoint, alerts
from journey.analysis.attribution import Attribution, Credit, attribution
from journey.analysis.channels import Channels, channels
from journey.analysis.compare import Comparison, compare
from journey.analysis.compare_differences import Difference
from journey.analysis.complexity import Complexity, complexity
from journey.analysis.conform import conform
from journey.analysis.conform_detours import Detour
from journey.analysis.conform_found import Conformance, PlannedMove, SegmentConformance, StepConformance
from journey.analysis.driver_odds import Odds, driver_odds
from journey.analysis.drivers import Driver, Drivers, drivers
from journey.analysis.emotion import Emotion, emotion
from journey.analysis.flow import Flow, flow
from journey.analysis.friction import Ranking, friction
from journey.analysis.levers import Bottleneck, Converter, Lever
from journey.analysis.order import Order, order
from journey.analysis.tangles import Loops, loops
from journey.analysis.truth import Moment, Moments, moments
from journey.analysis.validate import Validation, validate
from journey.analysis.whatif import WhatIf
from journey.analysis.whatif_basis import Basis, Contrast, suppose
from journey.analysis.whatif_changes import Leave, Rating, Scenario, Send, Share, Wait
from journey.analysis.whatif_effect import Effect
from journey.analysis.whatif_totals import Shift
from journey.errors import InputError, JourneyError, RecipeError
from journey.events.accounts import Accounts
from journey.events.accounts_open import accounts
from journey.events.channel_paths import PathJourney, read_paths
from journey.events.funnel import FunnelStep, funnel
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.events.opening import open, read
from journey.events.selection import Selection
from journey.events.variants import Variant, variants
from journey.model import END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition, frame
from journey.simulate import simulate
from journey.success.churn import Churn, Factor, churn
from journey.success.engagement import Engagement, engagement
from journey.success.health import Health, health
from journey.success.met import Met, Survival, survival
from journey.success.quadrant import Quadrants, quadrants
from journey.success.resolution import Resolution, resolution
from journey.success.revenue import Lifetime, Revenue, revenue
from journey.success.value import TimeToValue, value
from journey.success.worth import AtRisk, StakeAt, at_risk
from journey.voice.heard import Heard, Quote, Theme, Voice, Word
from journey.voice.listen import voice

__all__ = [
    "END",
    "START",
    "Accounts",
    "Alert",
    "Alerts",
    "AtRisk",
    "Attribution",
    "Basis",
    "Bottleneck",
    "ChangePoint",
    "Channels",
    "Churn",
    "Comparison",
    "Complexity",
    "Conformance",
    "Contrast",
    "Converter",
    "Credit",
    "Detour",
    "Difference",
    "Driver",
    "Drivers",
    "Effect",
    "Emotion",
    "Engagement",
    "EventLog",
    "Factor",
    "Flow",
    "Friction",
    "FunnelStep",
    "Health",
    "Heard",
    "InputError",
    "Journey",
    "JourneyError",
    "Leave",
    "Lever",
    "Lifetime",
    "Loops",
    "Measure",
    "Met",
    "Moment",
    "Moments",
    "Odds",
    "Order",
    "PathJourney",
    "PlannedMove",
    "Quadrants",
    "Quote",
    "Ranking",
    "Rating",
    "RecipeError",
    "Resolution",
    "Revenue",
    "Scale",
    "Scenario",
    "SegmentConformance",
    "Selection",
    "Send",
    "Share",
    "Shift",
    "StakeAt",
    "StepConformance",
    "Survival",
    "Theme",
    "TimeToValue",
    "Touchpoint",
    "Transition",
    "Validation",
    "Variant",
    "Voice",
    "Wait",
    "WhatIf",
    "Word",
    "accounts",
    "alerts",
    "at_risk",
    "attribution",
    "channels",
    "churn",
    "compare",
    "complexity",
    "conform",
    "driver_odds",
    "drivers",
    "emotion",
    "engagement",
    "flow",
    "frame",
    "friction",
    "funnel",
    "health",
    "loops",
    "mine",
    "moments",
    "open",
    "order",
    "quadrants",
    "read",
    "read_paths",
    "resolution",
    "revenue",
    "simulate",
    "suppose",
    "survival",
    "validate",
    "value",
    "variants",
    "voice",
]
