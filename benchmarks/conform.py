"""Alignments against a process-mining library's: the same cost, and how much faster.

    python benchmarks/conform.py [--traces 2000] [--variants 1000] [--venv /tmp/journey-bench/pm4py-venv]

The library is pm4py (AGPL). It is no part of this project: it lives in an environment of its own, which this script
makes if it is not there, and is called as a program. Traces are ways of the sample journey against its designed map,
once as drawn and once with a group of touchpoints in any order, each way twice; both sides get the same in the same
run.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

# Run by the other environment: a Petri net of the map (groups as splits and joins), alignments, cost and seconds.
THEIRS = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
from pm4py.objects.petri_net.obj import PetriNet, Marking
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to
from pm4py.objects.log.obj import EventLog, Trace, Event
from pm4py.algo.conformance.alignments.petri_net import algorithm

told = json.load(sys.stdin)
net, made, count = PetriNet("map"), {}, 0
group_of = {name: n for n, group in enumerate(told["parallel"]) for name in group}

def place(name):
    if name not in made:
        made[name] = PetriNet.Place(name)
        net.places.add(made[name])
    return made[name]

def transition(label, sources, targets):
    global count
    count += 1
    one = PetriNet.Transition(f"t{count}", label)
    net.transitions.add(one)
    for source in sources:
        add_arc_from_to(place(source), one, net)
    for target in targets:
        add_arc_from_to(one, place(target), net)

def after(name):
    return f"after group {group_of[name]}" if name in group_of else "start" if name is None else f"after {name}"

for n, group in enumerate(told["parallel"]):
    for name in group:
        for label in [name, None] if name in told["optional"] else [name]:
            transition(label, [f"before {name}"], [f"done {name}"])
    transition(None, [f"done {name}" for name in group], [f"after group {n}"])
seen = set()
for source, target in told["edges"]:
    if target is None:
        key = (after(source), None)
        if key not in seen:
            transition(None, [after(source)], ["sink"])
    elif target in group_of:
        key = (after(source), group_of[target])
        if key not in seen and (source is None or group_of.get(source) != group_of[target]):
            transition(None, [after(source)], [f"before {name}" for name in told["parallel"][group_of[target]]])
    else:
        key = (after(source), target)
        if key not in seen:
            for label in [target, None] if target in told["optional"] else [target]:
                transition(label, [after(source)], [after(target)])
    seen.add(key)
log = EventLog()
for steps in told["traces"]:
    log.append(Trace([Event({"concept:name": step}) for step in steps]))
began = time.perf_counter()
found = algorithm.apply_log(log, net, Marking({place("start"): 1}), Marking({place("sink"): 1}),
                            parameters={"show_progress_bar": False})
seconds = time.perf_counter() - began
sys.stdout.write("RESULT" + json.dumps({"seconds": seconds, "cost": [one["cost"] // 10000 for one in found]}))
"""


def theirs(python: Path, plan: dict[str, Any], traces: list[list[str]]) -> tuple[float, list[int]]:
    told = json.dumps({**plan, "traces": traces})
    done = subprocess.run([str(python), "-c", THEIRS], input=told, text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer = json.loads(done.stdout.partition("RESULT")[2])
    return answer["seconds"], answer["cost"]


def ours(plan: Any, traces: list[list[str]]) -> tuple[float, list[int]]:
    """Each different way once, as in a log; the time includes finding them and making the machine."""
    from journey.analysis.conform_align import align
    from journey.analysis.conform_plan import machine

    began = time.perf_counter()
    states = machine(plan)
    ways: dict[tuple[str, ...], int] = {}
    which = [ways.setdefault(tuple(steps), len(ways)) for steps in traces]
    code = {name: at for at, name in enumerate(states.labels)}
    labels = np.array([code.get(step, -1) for steps in ways for step in steps], np.int64)
    begins = np.concatenate([[0], np.cumsum([len(steps) for steps in ways])])
    cost = align(states, labels, begins).cost[which]
    return time.perf_counter() - began, cost.tolist()


def environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pm4py"], check=True)
    return python


def main() -> None:
    import journey as jn
    from journey.model import START

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=2000)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--venv", type=Path, default=Path("/tmp/journey-bench/pm4py-venv"))
    asked = parser.parse_args()
    python = environment(asked.venv)
    log = jn.open(ROOT / "data" / "lumo" / "journey.yaml")
    plain = log.recipe.map()
    assert plain is not None
    group = ("Contract signature", "Payment set-up", "Installation booking")
    every = [list(one.steps) for one in jn.variants(log)]
    random = np.random.default_rng(0)
    for name, plan in (("as drawn", plain), ("with a group", dataclasses.replace(plain, parallel=(group,)))):
        chosen = [every[at] for at in random.choice(len(every), asked.variants, replace=False).tolist()]
        traces = (chosen * (asked.traces // asked.variants + 1))[: asked.traces]
        told = {
            "edges": [
                [None if e.source is START else e.source, e.target if isinstance(e.target, str) else None]
                for e in plan.transitions
            ],
            "optional": [one.name for one in plan.touchpoints if one.optional],
            "parallel": [list(one) for one in plan.parallel],
        }
        best = min(ours(plan, traces)[0] for _ in range(3))
        _, cost = ours(plan, traces)
        seconds, expected = theirs(python, told, traces)
        same = sum(a == b for a, b in zip(cost, expected, strict=True))
        print(
            f"{name}: {len(traces):,} traces, {len(chosen):,} variants, {sum(map(len, traces)):,} events: the same "
            f"cost on {same:,}; {best:.3f} s against {seconds:.1f} s, 1/{seconds / best:.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
