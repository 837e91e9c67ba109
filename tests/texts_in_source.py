"""The texts of errors and refusals that stand in source code, found by reading the code instead of running it.

A text is followed back from where an error is made to where its words stand: through names, conditional expressions, tables,
what functions return, and the arguments of functions that pass it on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from string import Formatter

from evenhand import errors

ERRORS = frozenset(name for name, found in vars(errors).items()
                   if isinstance(found, type) and issubclass(found, errors.EvenhandError))
OPEN, SHUT = "\ue000", "\ue001"
"""What stands around the part of a text that is only known when the program runs."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class Pick(ast.expr):
    """One place of a tuple that is unpacked."""

    def __init__(self, value: ast.expr, place: int) -> None:
        super().__init__()
        self.value, self.place = value, place


class Each(ast.expr):
    """Every element of what is gone through."""

    def __init__(self, value: ast.expr) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True, order=True)
class Text:
    """A text and the file its words stand in; what differs from run to run stands between `OPEN` and `SHUT`."""

    file: str
    words: str


class Source:
    """The modules below a folder, and what is called, defined and bound in them."""

    def __init__(self, folder: Path) -> None:
        self.file_of: dict[ast.AST, str] = {}
        self.parent: dict[ast.AST, ast.AST] = {}
        self.calls: dict[str, list[ast.Call]] = {}
        self.functions: dict[str, list[Function]] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self._bound: dict[ast.AST, dict[str, list[ast.expr]]] = {}
        self._modules: dict[str, ast.Module] = {}
        self._known: dict[ast.AST, list[ast.expr]] = {}
        for file in sorted(folder.rglob("*.py")):
            self._add(ast.parse(file.read_text(encoding="utf-8")), str(file.relative_to(folder)))

    def _add(self, tree: ast.Module, file: str) -> None:
        self._modules[file] = tree
        for node in ast.walk(tree):
            self.file_of[node] = file
            self.parent.update(dict.fromkeys(ast.iter_child_nodes(node), node))
            if isinstance(node, ast.Call):
                self.calls.setdefault(_last_name(node.func), []).append(node)
            elif isinstance(node, Function):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node

    @cached_property
    def imported(self) -> dict[str, set[str]]:
        """The names that each file takes from another."""
        return {file: {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
                for file, tree in self._modules.items()}

    def texts(self) -> set[Text]:
        """Every text that an error or a refusal is made with."""
        given = [word.value for maker, name in (("Problem", "what"), ("Refusal", "text"))
                 for call in self.calls.get(maker, ()) for word in call.keywords if word.arg == name]
        given += [call.args[0] for maker in ERRORS for call in self.calls.get(maker, ()) if call.args]
        return {text for node in given for text in self._words(node) if _says_something(text.words)}

    def _words(self, node: ast.expr) -> Iterator[Text]:
        for leaf in self._values(node):
            file = self.file_of.get(leaf, "")
            match leaf:
                case ast.Constant(value=str() as words):
                    yield Text(file, words)
                case ast.JoinedStr():
                    yield Text(file, "".join(part.value if isinstance(part, ast.Constant) else _gap(part.value)
                                             for part in leaf.values))
                case ast.BinOp(op=ast.Add()):
                    sides = ([Text(file, _gap(side))] if isinstance(side, ast.Name) else list(self._words(side))
                             for side in (leaf.left, leaf.right))
                    yield from (Text(file, left.words + right.words) for left, right in product(*sides))
                case ast.Call(func=ast.Name(id="str"), args=[ast.Name() as error]) if handlers := list(self._handlers(error)):
                    for raised in {one for handler in handlers for one in self._raised(handler)}:
                        yield from self._words(raised)
                case ast.Call(func=ast.Attribute(attr="format", value=template)):
                    for text in self._words(template):
                        yield Text(text.file, "".join(
                            fixed + ("" if name is None else f"{OPEN}{name}{SHUT}")
                            for fixed, name, _, _ in Formatter().parse(text.words)))
                case _:
                    yield Text(file, _gap(leaf))

    def _values(self, node: ast.expr) -> list[ast.expr]:
        """The expressions that a value may come from, or the expression itself where that cannot be seen."""
        if node not in self._known:
            self._known[node] = []  # a value that comes from itself comes from nothing else
            origins = list(self._origins(node))
            self._known[node] = list(dict.fromkeys(leaf for one in origins for leaf in self._values(one))) or [node]
        return self._known[node]

    def _origins(self, node: ast.expr) -> Iterable[ast.expr]:
        match node:
            case ast.IfExp():
                return (node.body, node.orelse)
            case ast.BoolOp():
                return node.values
            case ast.NamedExpr():
                return (node.value,)
            case ast.Name():
                return self._bindings(node)
            case ast.Attribute():
                return list(self._fields(node))
            case ast.Subscript():
                return self._entries(node.value)
            case ast.Call(func=ast.Attribute(attr="get", value=table)):
                entries = list(self._entries(table))
                return [*entries, *node.args[1:]] if entries else ()
            case ast.Call():
                return [back.value for function in self._called(node) if not _is_generator(function) for back in _own(function)
                        if isinstance(back, ast.Return) and back.value is not None]
            case Pick():
                return [leaf.elts[node.place] for leaf in self._values(node.value)
                        if isinstance(leaf, ast.Tuple | ast.List) and node.place < len(leaf.elts)]
            case Each():
                return list(self._elements(node.value))
        return ()

    def _elements(self, node: ast.expr) -> Iterator[ast.expr]:
        for leaf in self._values(node):
            match leaf:
                case ast.Tuple() | ast.List() | ast.Set():
                    yield from (Each(one.value) if isinstance(one, ast.Starred) else one for one in leaf.elts)
                case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                    yield leaf.elt
                case ast.Call(func=ast.Attribute(attr="items", value=table)):
                    for inner in self._values(table):
                        if isinstance(inner, ast.Dict):
                            yield from (ast.Tuple([key, value]) for key, value in zip(inner.keys, inner.values, strict=True)
                                        if key is not None)
                case ast.Call(func=ast.Name(id="sorted" | "tuple" | "list" | "set"), args=[inner, *_]):
                    yield Each(inner)
                case ast.Call():
                    for given in (one for function in self._called(leaf) for one in _own(function)):
                        if isinstance(given, ast.Yield) and given.value is not None:
                            yield given.value
                        elif isinstance(given, ast.YieldFrom):
                            yield Each(given.value)

    def _entries(self, node: ast.expr) -> Iterator[ast.expr]:
        for leaf in self._values(node):
            if isinstance(leaf, ast.Dict):
                yield from leaf.values

    def _fields(self, node: ast.Attribute) -> Iterator[ast.expr]:
        """What a field is made with, where it can be seen of which class it is: its own, or that of an error that is caught."""
        for title in self._classes_of(node.value):
            made = self.classes.get(title)
            if made is None or title == "Problem" or title in ERRORS:
                continue
            starts = [one for one in made.body if isinstance(one, Function) and one.name == "__init__"]
            fields = [one.arg for one in starts[0].args.args[1:]] if starts else [
                one.target.id for one in made.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
            if node.attr in fields:
                for call in self.calls.get(title, ()):
                    yield from _given(call, node.attr, fields.index(node.attr))

    def _classes_of(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Name):
            if node.id == "self":
                yield from (one.name for one in self._around(node) if isinstance(one, ast.ClassDef))
            yield from (name for handler in self._handlers(node) for name in _caught(handler))

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while (scope := self.parent.get(node)) is not None:
            yield scope
            node = scope

    def _handlers(self, name: ast.Name) -> Iterator[ast.ExceptHandler]:
        """Where an error of this name is caught."""
        yield from (one for one in self._around(name) if isinstance(one, ast.ExceptHandler) and one.name == name.id)

    def _raised(self, handler: ast.ExceptHandler) -> Iterator[ast.expr]:
        """What the errors that are caught here are raised with, in the functions that are called before."""
        caught, tried = set(_caught(handler)), self.parent[handler]
        left, seen = list(tried.body), set[ast.AST]()
        while left:
            for node in ast.walk(left.pop()):
                if isinstance(node, ast.Call) and isinstance(self.parent.get(node), ast.Raise) and node.args:
                    if _last_name(node.func) in caught and node not in seen:
                        yield node.args[0]
                elif isinstance(node, ast.Call):
                    new = [one for one in self._reached(node) if one not in seen]
                    left += new
                    seen.update(new)

    def _reached(self, call: ast.Call) -> Iterator[Function]:
        """The functions that run where something is called: also those that check what a class is made with."""
        yield from self._called(call)
        title = _last_name(call.func.value) if isinstance(call.func, ast.Attribute) else _last_name(call.func)
        wanted = {call.func.attr} if isinstance(call.func, ast.Attribute) else {"__init__", "__post_init__"}
        if title in self.classes:
            yield from (one for one in self.classes[title].body if isinstance(one, Function) and one.name in wanted)

    def _bindings(self, name: ast.Name) -> list[ast.expr]:
        scope = self.parent.get(name)
        while scope is not None:
            if isinstance(scope, Function | ast.Module | Comprehension):
                if found := self._in_scope(scope).get(name.id):
                    return found
                if isinstance(scope, Function) and name.id in _parameters(scope):
                    return list(self._arguments(scope, name.id))
            scope = self.parent.get(scope)
        if name.id in self.imported.get(self.file_of.get(name, ""), ()):
            return [value for module in self._modules.values() for value in self._in_scope(module).get(name.id, ())]
        return []

    def _in_scope(self, scope: ast.AST) -> dict[str, list[ast.expr]]:
        if scope not in self._bound:
            bound: dict[str, list[ast.expr]] = {}
            for target, value in _bindings_in(scope):
                for name, part in _unpacked(target, value):
                    bound.setdefault(name, []).append(part)
            self._bound[scope] = bound
        return self._bound[scope]

    def _arguments(self, function: Function, name: str) -> Iterator[ast.expr]:
        """What is given to a parameter, wherever the function is called."""
        owner = self.parent[function]
        is_method = isinstance(owner, ast.ClassDef)
        names = [one.arg for one in function.args.args][is_method:]
        place = names.index(name) if name in names else None
        for call in self.calls.get(function.name, ()):
            is_here = self.file_of[call] == self.file_of[function]
            if is_method != isinstance(call.func, ast.Attribute):
                continue
            if is_here or (not owner.name.startswith("_") if isinstance(owner, ast.ClassDef)
                           else function.name in self.imported[self.file_of[call]]):
                yield from _given(call, name, place)
        yield from _default(function, name)

    def _called(self, call: ast.Call) -> list[Function]:
        file, name = self.file_of.get(call, ""), _last_name(call.func)
        if isinstance(call.func, ast.Attribute) and _last_name(call.func.value) not in {"self", "cls"}:
            return []
        found = self.functions.get(name, [])
        here = [one for one in found if self.file_of[one] == file]
        return here or (found if name in self.imported.get(file, ()) else [])


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _caught(handler: ast.ExceptHandler) -> list[str]:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [] if handler.type is None else [handler.type]
    return [_last_name(one) for one in types]


def _gap(node: ast.expr) -> str:
    return f"{OPEN}{'…' if isinstance(node, Pick | Each) else ast.unparse(node)}{SHUT}"


def _says_something(words: str) -> bool:
    return any(letter.isalpha() for part in words.split(OPEN) for letter in part.rpartition(SHUT)[2])


def _is_generator(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(function))


def _own(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(node))


def _bindings_in(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(scope, Comprehension):
        yield from ((one.target, Each(one.iter)) for one in scope.generators)
        return
    for node in _own(scope) if isinstance(scope, Function) else scope.body:
        match node:
            case ast.Assign():
                yield from ((target, node.value) for target in node.targets)
            case ast.AnnAssign(value=ast.expr()) | ast.NamedExpr():
                yield node.target, node.value
            case ast.For():
                yield node.target, Each(node.iter)


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        for place, part in enumerate(target.elts):
            yield from _unpacked(part, Pick(value, place))


def _parameters(function: Function) -> list[str]:
    return [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _given(call: ast.Call, name: str, place: int | None) -> Iterator[ast.expr]:
    yield from (one.value for one in call.keywords if one.arg == name)
    if place is not None and place < len(call.args):
        yield call.args[place]


def _default(function: Function, name: str) -> Iterator[ast.expr]:
    given = function.args
    pairs = [*zip(reversed(given.args), reversed(given.defaults), strict=False),
             *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    yield from (value for parameter, value in pairs if parameter.arg == name and value is not None)
