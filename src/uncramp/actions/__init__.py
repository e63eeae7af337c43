"""The verbs: each loads, computes, saves and returns a result; every face calls only these."""
