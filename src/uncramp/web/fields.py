"""Fields of a form that has no file: every one with all its values, as boxes to tick send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request

__all__ = ["Fields", "Sent"]

MOST_FIELDS: Final = 200
"""More than any form of ours has, with every box ticked."""

Fields = Mapping[str, list[str]]


async def fields_in(request: Request) -> Fields:
    """What was sent; a field that was left alone is not there."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    names = dict.fromkeys(form.keys())
    return {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in names}


Sent = Annotated[Fields, Depends(fields_in)]
"""What a page is sent, for its parameters."""
