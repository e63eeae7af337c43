"""A small integer program and its solution with HiGHS, one objective after the other.

Kept as plain data, so that another solver can be given the very same problem. highspy is imported
only when something is solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from highspy import Highs

__all__ = ["Expression", "Model", "Row", "added", "solve", "value_of"]

Expression = Mapping[str, int]
"""Variable to coefficient; the name `""` stands for the constant 1."""

CONSTANT: Final = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`expression <= 0`, and the rule that asks for it."""

    expression: Expression
    rule: str


@dataclass(slots=True)
class Model:
    """Whole-number variables with bounds, and rows."""

    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def variable(self, name: str, low: int, high: int) -> Expression:
        """A new variable as an expression."""
        self.bounds[name] = (low, high)
        return {name: 1}

    def at_most(self, left: Expression, right: Expression, rule: str) -> None:
        """`left <= right`."""
        self.rows.append(Row(added((left, 1), (right, -1)), rule))

    def largest(self, expression: Expression) -> int:
        """An upper bound of an expression from the bounds of its variables."""
        return sum(
            factor * (1 if name == CONSTANT else self.bounds[name][1 if factor > 0 else 0])
            for name, factor in expression.items()
        )

    def at_most_largest(
        self, left: Expression, options: Sequence[Expression], rule: str, *, name: str
    ) -> None:
        """`left <= max(options)`; one binary chooses among the options when there are several."""
        if len(options) == 1:
            self.at_most(left, options[0], rule)
            return
        chosen = [self.variable(f"{name}?{index}", 0, 1) for index in range(len(options))]
        self.at_most({CONSTANT: 1}, added(*((one, 1) for one in chosen)), rule)
        for one, option in zip(chosen, options, strict=True):
            gap = added((left, 1), (option, -1))
            slack = max(0, self.largest(gap))
            self.at_most(added((gap, 1), (one, slack)), {CONSTANT: slack}, rule)


def added(*parts: tuple[Expression, int]) -> dict[str, int]:
    """The sum of expressions, each times its factor."""
    total: dict[str, int] = {}
    for expression, factor in parts:
        for name, number in expression.items():
            total[name] = total.get(name, 0) + factor * number
    return {name: number for name, number in total.items() if number}


def value_of(expression: Expression, found: Mapping[str, int]) -> int:
    """What an expression comes to in a solution."""
    return sum(
        factor * (1 if name == CONSTANT else found[name]) for name, factor in expression.items()
    )


def _solver(model: Model, *, seconds: float, nodes: int) -> Highs:
    import highspy
    import numpy as np

    names = list(model.bounds)
    at = {name: index for index, name in enumerate(names)}
    linear = highspy.HighsLp()
    linear.num_col_, linear.num_row_ = len(names), len(model.rows)
    linear.col_cost_ = np.zeros(len(names))
    linear.col_lower_ = np.array([model.bounds[name][0] for name in names], dtype=np.float64)
    linear.col_upper_ = np.array([model.bounds[name][1] for name in names], dtype=np.float64)
    linear.integrality_ = [highspy.HighsVarType.kInteger] * len(names)
    starts, indices, values, upper = [0], [], [], []
    for row in model.rows:
        inside = [(name, factor) for name, factor in row.expression.items() if name != CONSTANT]
        indices += [at[name] for name, _ in inside]
        values += [float(factor) for _, factor in inside]
        starts.append(len(indices))
        upper.append(-float(row.expression.get(CONSTANT, 0)))
    linear.row_lower_ = np.full(len(model.rows), -highspy.kHighsInf)
    linear.row_upper_ = np.array(upper, dtype=np.float64)
    linear.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    linear.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    linear.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    linear.a_matrix_.value_ = np.array(values, dtype=np.float64)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.setOptionValue("time_limit", seconds)
    solver.passModel(linear)
    return solver


def solve(
    model: Model, objectives: Sequence[Expression], *, seconds: float, nodes: Sequence[int]
) -> tuple[dict[str, int], list[bool]] | None:
    """Make each expression as small as can be, in order, never at the cost of one before it.

    `nodes` is how many branches may be looked at for each.
    Returns the solution and, for each objective, whether it was proved best in its share of the
    time; None when no solution exists. The model is left as it was.
    """
    work = Model(dict(model.bounds), list(model.rows))
    found: dict[str, int] | None = None
    proved = []
    for objective, most in zip(objectives, nodes, strict=True):
        got = _one(work, objective, found, seconds=seconds, nodes=most)
        if got is None:
            return None
        found, best = got
        proved.append(best)
        work.at_most(objective, {CONSTANT: value_of(objective, found)}, "objective")
    return (found or {}), proved


def _one(
    model: Model,
    objective: Expression,
    start: dict[str, int] | None,
    *,
    seconds: float,
    nodes: int,
) -> tuple[dict[str, int], bool] | None:
    import highspy

    solver = _solver(model, seconds=seconds, nodes=nodes)
    names = list(model.bounds)
    at = {name: index for index, name in enumerate(names)}
    for name, factor in objective.items():
        if name != CONSTANT:
            solver.changeColCost(at[name], float(factor))
    if start is not None:
        guess = highspy.HighsSolution()
        guess.col_value = [float(start[name]) for name in names]
        solver.setSolution(guess)
    solver.run()
    status = solver.getModelStatus()
    if not solver.getInfo().primal_solution_status:
        return None
    values = solver.getSolution().col_value
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return (start, False) if start is not None else None
    found = {name: round(value) for name, value in zip(names, values, strict=True)}
    return found, status == highspy.HighsModelStatus.kOptimal
