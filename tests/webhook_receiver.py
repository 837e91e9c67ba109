"""A platform's side of the webhook: a real HTTP server on this machine that checks signatures and keeps state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from evenhand.connectors.platforms.signature import Secret, verify
from evenhand.errors import Unverified


class Receiver:
    """What the platform remembers, and how it misbehaves when a test wants it to."""

    def __init__(self, secret: str) -> None:
        self.secrets = [Secret(secret)]
        self.orders: dict[str, dict[str, Any]] = {}
        self.posts: dict[str, Any] = {}
        self.follows: dict[str, list[str]] = {}
        self.gone: set[str] = set()
        self.n_changes = 0
        self.refusals: list[tuple[int, dict[str, str]]] = []
        """Status and headers of the next answers, before it behaves again."""
        self.drops_after_doing = 0
        """How many times it does what it is told and then closes the connection without an answer."""
        self.requests: list[tuple[str, str]] = []
        self.lock = Lock()

    def carry_out(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self._one(order) for order in orders]

    def _one(self, order: dict[str, Any]) -> dict[str, Any]:
        key = order["key"]
        if key not in self.orders:
            if self._is_gone(order):
                return {"key": key, "answer": "gone"}
            self.n_changes += 1
            self.orders[key] = order | {"in_force": True}
            if order.get("of_key") in self.orders:
                self.orders[order["of_key"]]["in_force"] = False
            self._change(order)
        return {"key": key, "answer": "imposed", "reference": f"w-{key[-8:]}"}

    def _change(self, order: dict[str, Any]) -> None:
        match order["penalty"], order["act"]:
            case "delete_post", "impose":
                self.posts[order["post_id"]] = None
            case "delete_post", "undo":
                self.posts[order["post_id"]] = order["restore"]
            case "remove_followers", "impose":
                self.follows[order["account_id"]] = []
            case "remove_followers", "undo":
                self.follows[order["account_id"]] = order["restore"]

    def standing(self, keys: list[str]) -> list[dict[str, Any]]:
        return [{"key": key, "standing": "in_force" if self.orders.get(key, {}).get("in_force") else "absent"}
                for key in keys]

    def content(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"key": order["key"], "standing": "gone" if self._is_gone(order) else "absent",
                 "content": self.posts.get(order.get("post_id", "")) if order["penalty"] == "delete_post"
                 else self.follows.get(order["account_id"], [])} for order in orders]

    def _is_gone(self, order: Mapping[str, Any]) -> bool:
        return order["account_id"] in self.gone


@contextmanager
def receiving(receiver: Receiver) -> Iterator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(self.path.encode(), lambda: receiver.standing(parse_qs(urlsplit(self.path).query)["key"]))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            work = receiver.content if self.path.endswith("/questions") else receiver.carry_out
            self._answer(content, lambda: work(json.loads(content)["orders"]))

        def _answer(self, content: bytes, work: Any) -> None:
            with receiver.lock:
                receiver.requests.append((self.command, self.path.partition("?")[0]))
                try:
                    verify(content, dict(self.headers), secrets=receiver.secrets, at=datetime.now(UTC))
                except Unverified as error:
                    return self._send(401, {"error": str(error)})
                if receiver.refusals:
                    status, headers = receiver.refusals.pop(0)
                    return self._send(status, {}, headers)
                replies = work()
                if receiver.drops_after_doing and self.command == "POST":
                    receiver.drops_after_doing -= 1
                    self.close_connection = True
                    return None
            return self._send(200, {"replies": replies})

        def _send(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/evenhand"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
