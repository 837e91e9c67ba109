"""Promise: no error repeats what opens something, in whatever form it stands in an address that somebody gave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.errors import Problem, without_secrets

SIGNS = "abcXYZ019%+-_.~!$&'()*,;=:/?#@[]{}|^"
FORMS = ("{scheme}://{user}:{secret}@{rest}", "{scheme}://{secret}@{rest}", "{scheme}:/{user}:{secret}@{rest}",
         "{scheme}://{rest}?password={plain}", "{scheme}://{rest}?user=a&secret_key={plain}&x=1",
         "{scheme}://{rest}/;token={plain};user_id=a")
COMMANDS = (
    ("status", "--state", "{address}"), ("campaign", "draft", "a", "--by", "ana", "--state", "{address}"),
    ("state", "migrate", "--state", "{address}"), ("state", "restore", "copy.db", "--state", "{address}"),
    ("state", "backup", "copy.db", "--state", "{address}"), ("state", "restore", "{address}", "--state", "other.db"),
    ("demand", "carry-out", "--platform", "webhook:{address}", "--state", "campaign.db"),
    ("demand", "carry-out", "--platform", "{address}", "--state", "campaign.db"),
    ("ingest", "{address}", "--into", "snapshot", "--cut-off", "2026-11-01"), ("plan", "{address}", "--into", "plan"),
    ("explain", "@a", "--plan", "{address}"), ("verify", "{address}"), ("intake", "{address}"),
    ("referral", "propose", "{address}", "--by", "ana"), ("report", "{address}"),
    ("plan", "snapshot", "--into", "plan", "--engine", "{address}"))


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """An address, and the secret in it. The scheme is one that nothing is ever sent to."""
    core = draw(st.text("QqZz789", min_size=6, max_size=8))
    form = draw(st.sampled_from(FORMS))
    around = [draw(st.text(SIGNS, max_size=4)) if "{secret}" in form else "" for _ in range(2)]
    return form.format(scheme=draw(st.sampled_from(("s3x", "postgresqlx", "scx", "ftpx"))), user="ana", plain=core,
                       secret=core.join(around), rest="host.invalid/posts"), core


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(found=addresses(), command=st.sampled_from(COMMANDS))
def test_no_command_repeats_a_secret(found: tuple[str, str], command: Sequence[str], tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    address, secret = found
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVENHAND_WEBHOOK_SECRET", "c2VjcmV0LXRoYXQtbm9ib2R5LWtub3dzLTEyMzQ1Njc4OTA=")
    for name in ("copy.db", "snapshot"):
        Path(name).touch()
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([word.format(address=address) for word in command])
    said = capsys.readouterr()
    assert ended.value.code in {2, 3}, said
    assert secret not in said.out + said.err


@given(before=st.text("abc `:", max_size=8), found=addresses(), after=st.text("abc `,:", max_size=8))
def test_no_problem_repeats_a_secret_wherever_the_address_stands(before: str, found: tuple[str, str], after: str) -> None:
    address, secret = found
    text = f"{before} `{address}` {after}"
    problem = Problem(what=text, file=text, source=text, line=1, hint=text)
    assert secret not in problem.render() + repr(problem)
    assert "host.invalid" in without_secrets(text)


@pytest.mark.parametrize("text", [
    "https://example.org/@ana", "https://example.org:8443/@ana/109", "https://example.org/a/@b/c?page=2", "ana@example.org",
    "`campaign.db` and ana@example.org", "s3://bucket/posts", "postgresql:///evenhand?host=/run/postgresql", "a:/b"])
def test_what_opens_nothing_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_a_secret_with_a_space_is_hidden_where_the_whole_text_is_an_address() -> None:
    assert without_secrets("postgresql://ana:two words`@host/db", is_address=True) == "postgresql://…@host/db"
