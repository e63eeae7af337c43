"""Why somebody keeps cramping: all runs of one runner compared, cramp by cramp.

`exposures` reads off what a run had had up to a minute, `crossover` compares, `findings` says what
comes of it in plain words, and `next_test` picks the one change that would tell most.
"""
