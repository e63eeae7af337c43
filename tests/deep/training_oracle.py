"""How long the longest run can get by the weekly rules, found by OR-tools CP-SAT.

A program of its own: OR-tools and HiGHS cannot be loaded by one process. Called with one JSON list
of `[weeks, longest, volume, target]`, distances in steps of 100 m; prints the answers as a list.
Written from the evidence notes on conditioning, sections 5 and 6, and not from the planner.
"""

from __future__ import annotations

import json
import sys

__all__ = ["longest"]


def longest(*, weeks: int, reached: int, volume: int, target: int) -> int:
    """The longest run of the last 30 days before the race.

    Every fourth week is lighter, the last two are the taper; no run beyond 1.10 of the longest of
    the four weeks before, no week beyond 1.15 of the largest of three, no long run beyond 45 % of
    its week.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    most = 10 * target + 1000
    far = {week: model.NewConstant(reached) for week in range(-4, 0)}
    run = {week: model.NewConstant(volume) for week in range(-3, 0)}
    building = weeks - 2
    for week in range(building):
        far[week] = model.NewIntVar(0, target, f"far{week}")
        run[week] = model.NewIntVar(0, most, f"run{week}")
        farthest = model.NewIntVar(0, most, f"farthest{week}")
        model.AddMaxEquality(farthest, [far[week - back] for back in range(1, 5)])
        model.Add(10 * far[week] <= 11 * farthest)
        largest = model.NewIntVar(0, most, f"largest{week}")
        model.AddMaxEquality(largest, [run[week - back] for back in range(1, 4)])
        model.Add(100 * run[week] <= 115 * largest)
        model.Add(100 * far[week] <= 45 * run[week])
        if week % 4 == 3:
            cycle = range(week - 3, week)
            farthest = model.NewIntVar(0, most, f"cycle_far{week}")
            model.AddMaxEquality(farthest, [far[one] for one in cycle])
            model.Add(10 * far[week] <= 8 * farthest + 10)
            largest = model.NewIntVar(0, most, f"cycle_run{week}")
            model.AddMaxEquality(largest, [run[one] for one in cycle])
            model.Add(10 * run[week] <= 8 * largest + 10)
    counted = model.NewIntVar(0, target, "counted")
    model.AddMaxEquality(counted, [far[week] for week in range(max(0, weeks - 4), building)])
    model.Maximize(counted)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 30.0
    assert solver.Solve(model) == cp_model.OPTIMAL
    return int(solver.Value(counted))


if __name__ == "__main__":
    problems = json.loads(sys.argv[1])
    answers = [
        longest(weeks=weeks, reached=reached, volume=volume, target=target)
        for weeks, reached, volume, target in problems
    ]
    sys.stdout.write(json.dumps(answers))
