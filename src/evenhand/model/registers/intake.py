"""Reports of users as they come in: what a platform hands over of each. They route attention and are never evidence."""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.snapshot import TIME, Table

INTAKE = Table(
    name="intake", key=("report_id",), account="account_id", sentence="one report of a user about an account or post",
    schema=pa.schema([
        pa.field("report_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("post_id", pa.string()),
        pa.field("reporter_id", pa.string()),
        pa.field("reporter_created_at", TIME),
        pa.field("is_trusted", pa.bool_()),
        pa.field("text", pa.string()),
        pa.field("created_at", TIME),
        pa.field("upheld", pa.bool_()),
    ]))
"""`account_id` is the reported account. `is_trusted` marks a trusted flagger (DSA, article 22). `upheld` is what a person
decided about an earlier report; a report with a value there is history and is not queued again."""
