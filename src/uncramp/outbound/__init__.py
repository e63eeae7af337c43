"""Asking other services: the only code that calls out, and only when the runner asked for it."""
