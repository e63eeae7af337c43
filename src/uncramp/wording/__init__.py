"""Results to sentences: no arithmetic, no thresholds; every sentence has a message id."""
