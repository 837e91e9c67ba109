"""What the registers of reports, demands and referrals say of a table, a folder or a ledger that does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from error_texts import command, error_texts
from sample_ledger import event

from evenhand.model.campaigns.event import EventKind
from evenhand.registers.people import By
from evenhand.stores.ledger.keys import KeySigner
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers import demands
from evenhand.workflows.registers.demands import Wanted, import_demands
from evenhand.workflows.registers.intake import take_in_table

Golden = Callable[[str, str], None]
SIGNER = KeySigner("example.org/ledger", bytes(range(32)))
ANA = By(person="ana", at=datetime(2026, 11, 26, 9, tzinfo=UTC))
THREAT = {"ground": "threat_to_life", "channel": "police", "recipient": "State police, control room", "account_id": "a17",
          "why": "A post of today names a school, a day and a weapon.", "shared": {"post_text": ["Tomorrow at noon …"]}}
SAID = ("demand_id,authority,territory,received_on,kind,asks,legal_basis,order_id,targets,answer\n"
        "d1,High Court,DE,2026-11-02,order,remove,Media Act 5,17/2026,https://example.org/app,withheld_there\n")


def test_registers_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    Path("referral.json").write_text(json.dumps(THREAT), encoding="utf-8")
    Path("said.csv").write_text(SAID, encoding="utf-8")
    Path("sent").mkdir()
    Path("sent/r1.json").write_text("another one\n", encoding="utf-8")
    command("referral", "propose", "referral.json", "--by", "ana")()
    command("referral", "approve", "r1", "referral.json", "--by", "ben")()
    with LedgerWriter(Path("ledger"), private=Path("private"), signers=[SIGNER]) as writer:
        writer.append([replace(event(1), campaign_id="demands", kind=EventKind.DEMAND_RECORDED)])
    bundle = Path("ledger/tile/entries/000.p/1")
    bundle.write_bytes(bundle.read_bytes().replace(b'"demand_recorded"', b'"demand_imagined"'))
    with open_state("said.db") as state:
        Path("order.csv").write_text(SAID.replace(",withheld_there", ",").replace("d1", "d2"), encoding="utf-8")
        import_demands(state, demands.read(Path("order.csv"), columns={}, constants={}), by=ANA)
        wanted = Wanted(demand_id="d2", target="https://example.org/app", account_id="a3", post_id=None, territories=(),
                        language=None, until=ANA.at + timedelta(days=1))
        demands.withhold(state, wanted, by=ANA)
        golden("errors/registers/keeping.txt", error_texts({
            "reports without an account": lambda: take_in_table(pa.table({"text": ["spam"]})),
            "reports whose times are none": lambda: take_in_table(pa.table(
                {"report_id": ["r1"], "account_id": ["a1"], "created_at": ["yesterday"], "is_trusted": ["perhaps"]})),
            "a referral where another one is": command(
                "referral", "send", "r1", "referral.json", "--by", "ana", "--into", "sent"),
            "no demand to publish": command("demand", "publish", "--ledger", "ledger", "--private", "private"),
            "an entry that was changed": command("demand", "list", "--ledger", "ledger"),
            "a demand that a file says is answered": lambda: import_demands(
                state, demands.read(Path("said.csv"), columns={}, constants={}), by=ANA).problems,
            "a withholding whose end has come": lambda: demands.agree(
                state, "w1", by=By(person="ben", at=ANA.at + timedelta(days=5))),
        }))
