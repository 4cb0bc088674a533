"""The server's document is the one in the repository: whoever calls it sees in a change what changes for them.

python tests/api/test_openapi.py      writes it again
"""

from __future__ import annotations

import json
from pathlib import Path

import api
from api.app import create_app
from api.store.database import Database, connect

SNAPSHOT = Path(api.__file__).parent / "openapi.json"


def document() -> str:
    """The OpenAPI document as text that does not depend on the order in which it was made."""
    made = create_app(Database(connect("sqlite://"))).openapi()
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_the_document_is_the_one_on_record():
    """No route, field or status changes unnoticed."""
    assert document() == SNAPSHOT.read_text(encoding="utf-8")


if __name__ == "__main__":
    SNAPSHOT.write_text(document(), encoding="utf-8")
