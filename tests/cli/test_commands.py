"""Every command that the list names is there, under its own name."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from evenhand.cli.main import COMMANDS, evenhand


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_what_the_list_calls_it(name: str) -> None:
    command = evenhand.get_command(click.Context(evenhand), name)
    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("words", [("--help",), ("policy", "--help"), ("audit", "--help")])
def test_a_reader_that_goes_away_is_no_failure(words: tuple[str, ...]) -> None:
    started = subprocess.Popen([sys.executable, "-c", "from evenhand.cli.main import main; main()", *words],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    said = started.stderr.read()
    started.stderr.close()
    assert (started.wait(), said) == (0, b"")
