"""uncramp: why you cramp, what to do this minute, and how to be ready for the next start line."""

__all__ = ["MODEL_VERSION", "__version__"]

__version__ = "0.1.0"

MODEL_VERSION = "1"
"""Counts up whenever the same inputs can give another answer (models or reasoning changed)."""
