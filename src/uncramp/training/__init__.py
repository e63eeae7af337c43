"""From today to race day: what to run when, under rules that are kept, not weighed."""
