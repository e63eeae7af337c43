"""A story in plain words, understood without guessing: `hear(story)`.

Offline and deterministic: the words stand in `evidence/story_words.json`. A danger sign counts when
it is said of this runner and of now; what may be one, or not, is asked about first.
"""

from __future__ import annotations

from uncramp.listening.hearing import hear
from uncramp.listening.shapes import AskFirst, Because, Heard

__all__ = ["AskFirst", "Because", "Heard", "hear"]
