"""A platform that does not exist: it carries out what the files connector writes, so that a campaign runs without a server.

Its state is one SQLite file in the folder. Every post and account exists unless it was removed; an order that is repeated
under its key gets the receipt of the first time. It does not wait until its replies are safe on the disk: after a crash of the
machine a missing reply is asked for again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evenhand.connectors.platforms.files import FOLDERS, read_lines, write_lines
from evenhand.connectors.platforms.order_form import quoted

_TABLES = """
create table if not exists orders (key text primary key, act text not null, penalty text not null, account_id text not null,
    post_id text, in_force int not null) without rowid;
create table if not exists posts (post_id text primary key, content text, is_gone int not null default 0) without rowid;
create table if not exists follows (account_id text, follows_id text, primary key (account_id, follows_id)) without rowid;
create table if not exists gone (account_id text primary key) without rowid;
"""
Form = Mapping[str, Any]


class SimulatedPlatform:
    """Answers the files below `folder`. Pass `answer` to `FilesPlatform` as `answering`."""

    def __init__(self, folder: Path) -> None:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._state = sqlite3.connect(folder / "platform.sqlite", isolation_level=None, timeout=60)
        self._state.execute("pragma journal_mode=wal")
        self._state.execute("pragma synchronous=normal")
        self._state.execute("pragma cache_size=-65536")
        self._state.executescript(_TABLES)

    def close(self) -> None:
        """Close the state."""
        self._state.close()

    def answer(self, name: str) -> None:
        """Carry out or answer the file `name`, such as `effects/0a1b.jsonl`, and write the replies."""
        kind, _, file = name.partition("/")
        forms = read_lines(self._folder / name)
        self._state.execute("begin immediate")
        try:
            replies = self._carried_out(forms) if kind == "effects" else self._answers(forms)
        except BaseException:
            self._state.execute("rollback")
            raise
        self._state.execute("commit")
        write_lines(self._folder / ("receipts" if kind == "effects" else "answers"), replies, file, lasts=False)

    def stock(self, *, posts: Mapping[str, Any] | None = None, follows: Iterable[tuple[str, str]] = (),
              gone: Iterable[str] = ()) -> None:
        """Put posts (by id, None for one that is gone), follows (who, whom) and accounts that are gone into the state."""
        self._state.executemany("insert or replace into posts values (?, ?, ?)", [
            (post_id, None if content is None else json.dumps(content), content is None)
            for post_id, content in (posts or {}).items()])
        self._state.executemany("insert or ignore into follows values (?, ?)", follows)
        self._state.executemany("insert or ignore into gone values (?)", [(account_id,) for account_id in gone])

    def in_force(self) -> dict[str, int]:
        """How many penalties of each kind are in force."""
        return dict(self._state.execute("select penalty, count(*) from orders where act = 'impose' and in_force group by 1"))

    def follows(self, account_id: str) -> list[str]:
        """Whom the account follows."""
        return [row[0] for row in self._state.execute(
            "select follows_id from follows where account_id = ? order by 1", (account_id,))]

    def post(self, post_id: str) -> Any:
        """The post's content, None when it was deleted."""
        row = self._state.execute("select content from posts where post_id = ?", (post_id,)).fetchone()
        return _content(post_id) if row is None else row[0] and json.loads(row[0])

    def _carried_out(self, forms: Sequence[Form]) -> list[str]:
        known = self._known("orders", "key", [form["key"] for form in forms])
        fresh = {form["key"]: form for form in forms if form["key"] not in known}
        gone = self._gone(fresh.values())
        new = [form for form in fresh.values() if form["key"] not in gone]
        self._state.executemany("insert into orders values (?, ?, ?, ?, ?, 1)", [
            (form["key"], form["act"], form["penalty"], form["account_id"], form.get("post_id")) for form in new])
        back = [(form["of_key"],) for form in new if form["act"] in {"undo", "lift"}]
        self._state.executemany("update orders set in_force = 0 where key = ?", back)
        for (penalty, act), change in _CHANGES.items():
            if chosen := [form for form in new if form["penalty"] == penalty and form["act"] == act]:
                change(self._state, chosen)
        return [f'{{"key":{quoted(form["key"])},"answer":"{"gone" if form["key"] in gone else "imposed"}",'
                f'"reference":{quoted("sim-" + form["key"][-12:])}}}' for form in forms]

    def _answers(self, forms: Sequence[Form]) -> list[str]:
        gone = self._gone(forms)
        known = self._known("orders", "key", [form["key"] for form in forms], "in_force")
        content = self._contents([form for form in forms if form["want"] == "content"])
        return [f'{{"key":{quoted(form["key"])},"standing":"'
                f'{"gone" if form["key"] in gone else "in_force" if known.get(form["key"]) else "absent"}"'
                f'{content.get(form["key"], "")}}}' for form in forms]

    def _contents(self, forms: Sequence[Form]) -> dict[str, str]:
        posts = self._known("posts", "post_id", [form["post_id"] for form in forms if form["penalty"] == "delete_post"],
                            "content")
        return {form["key"]: f',"content":{posts.get(form["post_id"]) or json.dumps(_content(form["post_id"]))}'
                if form["penalty"] == "delete_post" else f',"content":{json.dumps(self.follows(form["account_id"]))}'
                for form in forms}

    def _gone(self, forms: Iterable[Form]) -> set[str]:
        forms = list(forms)
        accounts = self._known("gone", "account_id", [form["account_id"] for form in forms])
        posts = self._known("posts", "post_id", [form["post_id"] for form in forms if form.get("post_id")], "is_gone")
        return {form["key"] for form in forms if form["account_id"] in accounts or posts.get(form.get("post_id", ""))}

    def _known(self, table: str, column: str, values: Sequence[str], shown: str = "1") -> dict[str, Any]:
        return dict(self._state.execute(
            f"select {column}, {shown} from {table} where {column} in (select value from json_each(?))",
            (json.dumps(values),)).fetchall())


def _content(post_id: str) -> dict[str, str]:
    """The content of a post that nobody stocked."""
    return {"text": f"post {post_id}"}


def _delete(state: sqlite3.Connection, forms: Sequence[Form]) -> None:
    state.executemany("insert or replace into posts values (?, null, 0)", [(form["post_id"],) for form in forms])


def _restore(state: sqlite3.Connection, forms: Sequence[Form]) -> None:
    state.executemany("insert or replace into posts values (?, ?, 0)", [
        (form["post_id"], json.dumps(form["restore"])) for form in forms])


def _unfollow(state: sqlite3.Connection, forms: Sequence[Form]) -> None:
    state.executemany("delete from follows where account_id = ?", [(form["account_id"],) for form in forms])


def _follow(state: sqlite3.Connection, forms: Sequence[Form]) -> None:
    state.executemany("insert or ignore into follows values (?, ?)", [
        (form["account_id"], one) for form in forms for one in form["restore"]])


_CHANGES: dict[tuple[str, str], Callable[[sqlite3.Connection, Sequence[Form]], None]] = {
    ("delete_post", "impose"): _delete, ("delete_post", "undo"): _restore,
    ("remove_followers", "impose"): _unfollow, ("remove_followers", "undo"): _follow}
