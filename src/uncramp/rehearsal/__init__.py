"""Rehearsals of a drinking plan: which, scored how, what they prove, and the plan against thirst.

`choose` picks long runs of the training plan, `part` says what to drink there, `predict` what the
scale should show, `score` holds a run against it, `stamp` says what has been shown, and `trial`
compares the plan with drinking as usual.
"""

__all__: list[str] = []
