"""Questions in plain words: which of the curated answers fits, or what the registry holds.

`enquire` is pure: the question, what is known of the runner, and the screening come in; which
sentences may be said, and what each rests on, come out.
"""

from __future__ import annotations

from uncramp.enquiry.answering import curated_titles, enquire, wanted_facts
from uncramp.enquiry.danger import Heard, beside_part, heard, story_part, told_part
from uncramp.enquiry.shapes import Enquiry, Ground, Line

__all__ = [
    "Enquiry",
    "Ground",
    "Heard",
    "Line",
    "beside_part",
    "curated_titles",
    "enquire",
    "heard",
    "story_part",
    "told_part",
    "wanted_facts",
]
