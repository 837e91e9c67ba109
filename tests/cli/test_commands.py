"""Every command that the list names is there, under its own name."""

from __future__ import annotations

import click
import pytest

from evenhand.cli.main import COMMANDS, evenhand


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_what_the_list_calls_it(name: str) -> None:
    command = evenhand.get_command(click.Context(evenhand), name)
    assert command is not None
    assert command.name == name
    assert command.help
