"""The tests reach nothing but, when marked, this machine; a warning is an error. Other promises rest on that."""

from __future__ import annotations

import socket
import warnings

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError


def test_no_socket_opens() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_no_name_is_looked_up() -> None:
    with pytest.raises(SocketBlockedError):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.loopback
def test_a_marked_test_reaches_this_machine() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


@pytest.mark.loopback
def test_a_marked_test_reaches_no_other() -> None:
    with socket.socket() as client, pytest.raises(SocketConnectBlockedError):
        client.connect(("192.0.2.1", 443))  # an address kept for documentation


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
