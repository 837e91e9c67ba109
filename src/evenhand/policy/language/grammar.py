"""The order of words and signs in a condition: everything that is not part of the language, with its exact place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot.tokenizer_core import Token, TokenType

from evenhand.model.expression import Column
from evenhand.policy.language.literals import date_mistake, interval_mistake
from evenhand.policy.language.tokens import MAX_DEPTH, Mistake
from evenhand.policy.language.vocabulary import COLUMNS, FUNCTIONS, REFUSED_FUNCTIONS
from evenhand.policy.nearest import nearest, suggestion

_VALUES = {TokenType.STRING, TokenType.NUMBER, TokenType.TRUE, TokenType.FALSE, TokenType.NULL}
_BETWEEN_VALUES = {TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE, TokenType.PLUS,
                   TokenType.DASH, TokenType.STAR, TokenType.SLASH, TokenType.MOD, TokenType.AND, TokenType.OR,
                   TokenType.IN, TokenType.BETWEEN, TokenType.LIKE, TokenType.ILIKE, TokenType.IS, TokenType.WHEN,
                   TokenType.THEN, TokenType.ELSE, TokenType.COMMA}
_MOMENTS = {"date", "timestamp", "timestamptz"}
_SIGNS: Mapping[str, str] = {
    "==": "write one `=`", "=>": "write `>=`", "&&": "write `and`", "||": "write `or`; texts cannot be put together",
    "!": "write `not`", ";": "a condition is one expression, without a semicolon",
    "::": "columns already have their types: leave the cast out", "//": "write `/`",
    "<=>": "write `=`, or `is null`", "~": "there are no regular expressions: use `contains` or `like`",
    ".": "write the column's name alone", "[": "use `contains_any` for a list of words, `in (…)` for values",
    "->": "values have no inner parts here", "?": "write the value itself", "$": "write the value itself",
    ":": "write the value itself", "^": "there is no power: multiply", "**": "there is no power: multiply",
}
_SLIPS = ("==", "=>", "&&", "||", "!", "//", "<=>", "**", "^")
"""Signs after which the rest of the condition can still be read."""
_SUBQUERY = "a condition looks at one row at a time: no `select`, no other tables"
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("select", "from", "with", "exists", "union", "join", "where", "group", "order", "limit", "having",
                     "distinct", "any", "all", "some", "insert", "update", "delete", "drop", "create"), _SUBQUERY),
    **dict.fromkeys(("over", "filter", "partition", "window", "qualify"),
                    "a condition looks at one row at a time: no windows, counts come as columns such as `n_reasons`"),
    **dict.fromkeys(("rlike", "regexp", "glob", "similar"), "use `contains`, `contains_any` or `like`"),
    "escape": "`%` and `_` cannot be escaped: use `contains`", "as": "leave the new name out",
    "collate": "use `lower` on both sides",
}


def grammar(text: str, found: list[Token], columns: Mapping[str, Column]) -> list[Mistake]:
    """Everything in the order of words and signs that is not a condition over `columns`."""
    return _Reader(text, found, columns).read()


class _Reader:
    """Goes through the tokens once, knowing only whether a value or something between values must come next."""

    def __init__(self, text: str, found: list[Token], columns: Mapping[str, Column]) -> None:
        self._text = text
        self._found = found
        self._columns = columns
        self._mistakes: list[Mistake] = []
        self._open: list[Token] = []
        self._wants_value = True
        self._place = 0

    def read(self) -> list[Mistake]:
        """All mistakes, in the order of the text."""
        while self._place < len(self._found):
            self._one(self._found[self._place])
            self._place += 1
        if self._mistakes:
            return self._mistakes
        if self._wants_value:
            last = self._found[-1]
            self._wrong("the condition ends too early", last, f"a value is missing after `{self._shown(last)}`")
        for token in self._open:
            self._wrong(f"`{self._shown(token).lower()}` is not closed", token,
                        "add `end`" if token.token_type is TokenType.CASE else "add `)`")
        return self._mistakes

    def _shown(self, token: Token) -> str:
        return self._text[token.start:token.end + 1]

    def _wrong(self, what: str, token: Token, hint: str | None) -> None:
        self._mistakes.append(Mistake(what, token.start, token.end + 1, hint))

    def _stop(self) -> None:
        """Read no further: what follows a foreign construct would only bring follow-up mistakes."""
        self._place = len(self._found)

    def _peek(self, ahead: int = 1) -> Token | None:
        place = self._place + ahead
        return self._found[place] if 0 <= place < len(self._found) else None

    def _one(self, token: Token) -> None:
        kind, shown = token.token_type, self._shown(token)
        following = self._peek()
        if shown in _SIGNS:
            self._sign(token, shown)
        elif kind in (TokenType.L_PAREN, TokenType.CASE):
            self._begin_value(token)
            self._open.append(token)
            self._wants_value = True
            if len(self._open) == MAX_DEPTH + 1:
                self._wrong("too many parentheses inside one another", token, f"at most {MAX_DEPTH}")
        elif kind in (TokenType.R_PAREN, TokenType.END):
            self._close(token)
        elif kind in _VALUES:
            self._begin_value(token)
            self._wants_value = False
        elif kind is TokenType.INTERVAL or shown.lower() in _MOMENTS:
            self._moment(token, following)
        elif kind is TokenType.NOT:
            self._not(token, following)
        elif kind in _BETWEEN_VALUES:
            self._between(token)
        else:
            self._word(token, following)

    def _sign(self, token: Token, shown: str) -> None:
        self._wrong(f"`{shown}` is not part of a condition", token, _SIGNS[shown])
        self._wants_value = True
        if shown not in _SLIPS:
            self._stop()

    def _begin_value(self, token: Token) -> None:
        if not self._wants_value:
            before = self._peek(-1)
            shown = self._shown(before) if before else ""
            self._wrong(f"`and` or `or` is missing before `{self._shown(token)}`", token,
                        f"it follows `{shown}` directly")

    def _close(self, token: Token) -> None:
        shown = self._shown(token)
        opener = TokenType.L_PAREN if token.token_type is TokenType.R_PAREN else TokenType.CASE
        before = self._peek(-1)
        if not self._open or self._open[-1].token_type is not opener:
            self._wrong(f"nothing is open that `{shown}` could close", token, "delete it, or open it before")
        else:
            self._open.pop()
            is_empty = before is not None and before.token_type is TokenType.L_PAREN
            if self._wants_value and before is not None and not is_empty:
                self._wrong(f"a value is missing after `{self._shown(before)}`", token, "add it, or delete the sign")
        self._wants_value = False

    def _moment(self, token: Token, following: Token | None) -> None:
        self._begin_value(token)
        self._wants_value = False
        is_span = token.token_type is TokenType.INTERVAL
        word = self._shown(token).lower()
        if following is not None and following.token_type is TokenType.STRING:
            self._place += 1
            wrong = interval_mistake(following.text) if is_span else date_mistake(following.text)
        elif following is not None and is_span and following.token_type is TokenType.NUMBER:
            unit = self._peek(2)
            self._place += 2 if unit is not None else 1
            wrong = interval_mistake(f"{following.text} {self._shown(unit) if unit else ''}".strip())
        else:
            following = None
            wrong = None
            self._wrong(f"`{word}` needs a value in quotes", token,
                        "such as `interval '30 days'`" if is_span else f"such as `{word} '2026-01-01'`")
        if wrong is not None and following is not None:
            self._wrong(wrong[0], following, wrong[1])

    def _not(self, token: Token, following: Token | None) -> None:
        tests = (TokenType.IN, TokenType.LIKE, TokenType.ILIKE, TokenType.BETWEEN)
        if not self._wants_value and (following is None or following.token_type not in tests):
            self._wrong("`not` comes before what it turns", token, "such as `not followers > 3`")
            return
        if self._wants_value and following is not None and following.token_type in tests:
            self._wrong("a value is missing before `not`", token, f"such as `platform not {self._shown(following)} …`")
        self._wants_value = following is None or following.token_type not in tests

    def _between(self, token: Token) -> None:
        shown, before = self._shown(token), self._peek(-1)
        is_minus = token.token_type is TokenType.DASH
        opens_case = before is not None and before.token_type is TokenType.CASE and token.token_type is TokenType.WHEN
        if self._wants_value and not is_minus and not opens_case:
            joined = self._text[before.start:token.end + 1] if before is not None else ""
            turned = {"=>": ">=", "=<": "<=", "><": "<>"}.get(joined)
            if turned:
                self._wrong(f"`{joined}` is not part of a condition", token, f"write `{turned}`")
            elif before is None:
                self._wrong(f"a value is missing before `{shown}`", token, "a condition starts with a column or a value")
            else:
                self._wrong(f"a value is missing between `{self._shown(before)}` and `{shown}`", token,
                            "add it, or delete one of the two")
        self._wants_value = True

    def _word(self, token: Token, following: Token | None) -> None:
        shown = self._shown(token)
        name = shown.lower()
        is_call = following is not None and following.token_type is TokenType.L_PAREN
        if not re.fullmatch(r"[^\W\d]\w*", shown):
            self._wrong(f"`{shown}` is not part of a condition", token,
                        "signs: = <> < <= > >= + - * / % ( ) , and words: and, or, not, in, between, like, is null")
            self._stop()
        elif name in _WORDS and name not in self._columns:
            self._wrong(f"`{shown}` is not part of a condition", token, _WORDS[name])
            self._stop()
        elif following is not None and following.token_type is TokenType.DOT:
            self._wrong("a column has no table name before it", token, "write the column's name alone")
            self._stop()
        else:
            self._begin_value(token)
            if is_call:
                self._function(token, name)
            elif name not in self._columns:
                self._column(token, name)
        self._wants_value = is_call

    def _function(self, token: Token, name: str) -> None:
        if name in FUNCTIONS:
            return
        if name in self._columns:
            self._wrong(f"`{name}` is a column, not a function", token, f"write `{name}` without parentheses")
        elif name in REFUSED_FUNCTIONS:
            self._wrong(f"there is no function `{name}` on purpose", token, REFUSED_FUNCTIONS[name])
            self._stop()
        else:
            self._wrong(f"unknown function `{name}`", token, suggestion(name, FUNCTIONS, kind="functions"))

    def _column(self, token: Token, name: str) -> None:
        others = [subject for subject, columns in COLUMNS.items() if name in columns]
        near = nearest(name, self._columns)
        if name in FUNCTIONS:
            hint = f"write {FUNCTIONS[name].signature}"
            self._wrong(f"`{name}` is a function and needs its arguments", token, hint)
        elif name in REFUSED_FUNCTIONS:
            self._wrong(f"there is no `{name}` on purpose", token, REFUSED_FUNCTIONS[name])
        elif others:
            self._wrong(f"unknown column `{name}`", token, f"only policies with subject = \"{others[0]}\" have it")
        else:
            self._wrong(f"unknown column `{name}`", token,
                        f"did you mean `{near}`?" if near else "columns such as `confidence`, `has_identity` and `bio`; "
                        "the reference page of the policy language lists all")
