"""Reads a card: a text in, one frozen card out, or every mistake in it at its line and column."""

from __future__ import annotations

from collections.abc import Mapping

from evenhand.errors import PolicyError, Problem
from evenhand.evaluation.card import Bar, Card, CardFile
from evenhand.evaluation.task_form import TaskFile, TaskForm
from evenhand.policy.keys import Form, Key, Kind
from evenhand.policy.nearest import suggestion
from evenhand.policy.table_reader import TableReader
from evenhand.policy.toml_file import TomlFile, read_toml

_ID = Form(pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+)*", words="lower-case letters, digits and single hyphens, such as scam-links")
_PATH = Form(pattern=r"(?!/)(?!.*(^|/)\.\.(/|$)).+", words="a path below the data folder, such as scam_domains/list.parquet")
LABEL = "label"
"""The column whose values the card maps to the task's labels."""


def card_keys(forms: Mapping[str, TaskForm]) -> tuple[Key, ...]:
    """The keys of a card, for the tasks there are."""
    return (
        Key(name="id", kind=Kind.TEXT, form=_ID, sentence="a short name that never changes", example='"scam-domains"'),
        Key(name="title", kind=Kind.TEXT, sentence="what is measured, in a few words", example='"Scam links on unseen hosts"'),
        Key(name="task", kind=Kind.TEXT, choices=tuple(sorted(forms)), noun="task", sentence="the kind of task",
            example='"lookalike_pairs"'),
        Key(name="licence", kind=Kind.TEXT, sentence="the licence of the data", example='"CC0-1.0"'),
        Key(name="source", kind=Kind.TEXT, sentence="where the data comes from", example='"ecosyste-ms/typosquatting-dataset"'),
        Key(name="notes", kind=Kind.TEXT, is_required=False, sentence="what a reader of the result must know",
            example='"half of the names are invented"'),
        Key(name="missed", kind=Kind.TEXT, is_required=False, sentence="what is known of the bars that are missed, with the "
            "numbers of decisions that say more", example='"names of five letters: see 0028"'),
        Key(name="options", kind=Kind.TABLE, is_required=False, sentence="options of the task", example="{ }"),
        Key(name="file", kind=Kind.TABLES, is_required=False, sentence="the files that are read",
            example='[[file]]\nrole = "pairs"'),
        Key(name="bar", kind=Kind.TABLES, is_required=False, sentence="what has to be reached",
            example='[[bar]]\nmetric = "recall"'),
    )


def file_keys(form: TaskForm) -> tuple[Key, ...]:
    """The keys of a `[[file]]`."""
    return (
        Key(name="role", kind=Kind.TEXT, choices=tuple(file.role for file in form.files), noun="role",
            sentence="what the file is for the task", example='"pairs"'),
        Key(name="path", kind=Kind.TEXT, form=_PATH, sentence="where it stands in the data folder",
            example='"lookalike_package_names/pairs.csv"'),
        Key(name="columns", kind=Kind.TABLE, is_required=False, sentence="what its columns are called: task's name = theirs",
            example='{ name = "title" }'),
        Key(name="constants", kind=Kind.TABLE, is_required=False, sentence="columns with one value for every row",
            example='{ language = "en" }'),
        Key(name="labels", kind=Kind.TABLE, is_required=False, sentence="what the values of its label column mean",
            example='{ positive = ["spam"], negative = ["ham"] }'),
    )


def bar_keys(form: TaskForm) -> tuple[Key, ...]:
    """The keys of a `[[bar]]`."""
    return (
        Key(name="metric", kind=Kind.TEXT, choices=tuple(metric.name for metric in form.metrics), noun="metric",
            sentence="what is measured", example='"recall"'),
        Key(name="at_least", kind=Kind.DECIMAL, is_required=False, sentence="the least that meets the bar", example="0.85"),
        Key(name="at_most", kind=Kind.DECIMAL, is_required=False, sentence="the most that meets the bar", example="0.005"),
        Key(name="cross_validated", kind=Kind.DECIMAL, is_required=False, sentence="what cross-validation measured, where a "
            "shipped model was trained on this part of the set", example="0.97"),
    )


def read_card(name: str, text: str, *, forms: Mapping[str, TaskForm], problems: list[Problem]) -> Card | None:
    """The card in `text`, or None with every mistake added to `problems`. `forms` are the tasks there are, by name."""
    try:
        file = read_toml(name, text)
    except PolicyError as error:
        problems.extend(error.problems)
        return None
    reader = TableReader(file, (), card_keys(forms), problems)
    form = forms.get(reader.text("task"))
    if form is None:
        return None
    files = tuple(_file(table, form) for table in reader.tables("file", file_keys(form)))
    _check_roles(reader, files, form)
    bars = tuple(_bar(table) for table in reader.tables("bar", bar_keys(form)))
    options = _options(reader, form, file)
    if not reader.is_right:
        return None
    return Card(card_id=reader.text("id"), title=reader.text("title"), task=form.name, licence=reader.text("licence"),
                source=reader.text("source"), notes=" ".join(reader.text("notes").split()), files=files, bars=bars,
                options=options, missed=" ".join(reader.text("missed").split()), file=name)


def _file(table: TableReader, form: TaskForm) -> CardFile:
    role = table.text("role")
    shape = next((file for file in form.files if file.role == role), None)
    if shape is None:
        return CardFile(role=role, path=table.text("path"), columns={}, constants={}, labels={})
    columns, constants, labels = {}, {}, {}
    names = _column_keys(shape)
    if (named := table.table("columns", names)) is not None:
        columns = {key.name: named.text(key.name) for key in names if named.has(key.name)}
    if (given := table.table("constants", names)) is not None:
        constants = {key.name: given.text(key.name) for key in names if given.has(key.name)}
    if (mapped := table.table("labels", _label_keys(shape))) is not None:
        labels = {label: mapped.texts(label) for label in shape.labels if mapped.has(label)}
    _check_columns(table, shape, columns.keys() | constants.keys())
    _check_labels(table, shape, labels, constant=constants.get(LABEL))
    return CardFile(role=role, path=table.text("path"), columns=columns, constants=constants, labels=labels)


def _column_keys(shape: TaskFile) -> tuple[Key, ...]:
    keys = tuple(Key(name=column.name, kind=Kind.TEXT, is_required=False, sentence=column.sentence, example='"…"')
                 for column in shape.columns)
    label = Key(name=LABEL, kind=Kind.TEXT, is_required=False, sentence="what each row is", example='"label"')
    return (*keys, label) if shape.labels else keys


def _label_keys(shape: TaskFile) -> tuple[Key, ...]:
    return tuple(Key(name=label, kind=Kind.TEXTS, is_required=False, sentence=f"values that mean `{label}`", example='["…"]')
                 for label in shape.labels)


def _check_columns(table: TableReader, shape: TaskFile, said: set[str]) -> None:
    required = [column for column in shape.columns if column.is_required]
    for column in required:
        if column.name not in said:
            table.wrong("columns", f"the column `{column.name}` of `{shape.role}` is not named",
                        f'add {column.name} = "THEIRS" to `columns` ({column.sentence})')
    if shape.labels and LABEL not in said:
        table.wrong("columns", f"the column `{LABEL}` of `{shape.role}` is not named",
                    f'add {LABEL} = "THEIRS" to `columns`, or one to `constants`')


def _check_labels(table: TableReader, shape: TaskFile, labels: Mapping[str, tuple[str, ...]], *, constant: str | None) -> None:
    if constant is not None and constant not in shape.labels:
        table.wrong("constants", f"unknown label `{constant}`", suggestion(constant, shape.labels, kind="labels"))
    if shape.labels and constant is None and not table.is_written("labels"):
        table.wrong("", "`labels` is missing", f"say which values mean what: labels = {{ {shape.labels[0]} = [\"…\"] }}")
    values = [value for several in labels.values() for value in several]
    for value in sorted({value for value in values if values.count(value) > 1}):
        table.wrong("labels", f"the value `{value}` means two labels", "keep one")


def _check_roles(reader: TableReader, files: tuple[CardFile, ...], form: TaskForm) -> None:
    roles = [file.role for file in files]
    for shape in form.files:
        if shape.is_required and shape.role not in roles:
            reader.wrong("", f"the card names no file `{shape.role}`",
                         f'add [[file]] with role = "{shape.role}" ({shape.sentence})')
        if not shape.is_repeated and roles.count(shape.role) > 1:
            reader.wrong("file", f"the card names `{shape.role}` twice", "keep one", at_key=True)


def _bar(table: TableReader) -> Bar:
    at_least, at_most = table.decimal("at_least"), table.decimal("at_most")
    if table.is_written("at_least") == table.is_written("at_most"):
        table.wrong("", "a bar has either `at_least` or `at_most`", "keep or add one of them")
    return Bar(metric=table.text("metric"), at_least=at_least, at_most=at_most,
               cross_validated=table.decimal("cross_validated"))


def _options(reader: TableReader, form: TaskForm, file: TomlFile) -> dict[str, object]:
    if not reader.is_written("options"):
        required = [key for key in form.options if key.is_required]
        for key in required:
            reader.wrong("", f"the option `{key.name}` is missing", f"add: options = {{ {key.name} = {key.example} }}")
        return {}
    table = TableReader(file, ("options",), form.options, reader.problems)
    values: dict[str, object] = {}
    for key in form.options:
        if table.has(key.name):
            values[key.name] = table.texts(key.name) if key.kind is Kind.TEXTS else (
                table.number(key.name) if key.kind is Kind.NUMBER else
                table.decimal(key.name) if key.kind is Kind.DECIMAL else
                table.yes_no(key.name) if key.kind is Kind.YES_NO else table.text(key.name))
    return values
