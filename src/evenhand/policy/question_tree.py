"""Reads a policy's `[[question]]` tables: the tree of yes/no questions that a reviewer walks down."""

from __future__ import annotations

from evenhand.model.policy import Answer, DecisionQuestion, Verdict
from evenhand.policy.keys import ANSWER_KEYS, MAX_QUESTIONS, MIN_QUESTIONS, QUESTION_KEYS
from evenhand.policy.nearest import suggestion
from evenhand.policy.table_reader import TableReader


def read_questions(reader: TableReader) -> tuple[DecisionQuestion, ...]:
    """The questions in the order of the file; the first is asked first. Mistakes go to the reader's problems."""
    tables = reader.tables("question", QUESTION_KEYS)
    if reader.has("question") and not MIN_QUESTIONS <= len(tables) <= MAX_QUESTIONS:
        reader.wrong("question", f"a policy has {MIN_QUESTIONS} to {MAX_QUESTIONS} questions, not {len(tables)}",
                     "ask what decides, in questions that two people answer alike", at_key=True)
    ids = [table.text("id") for table in tables]
    questions: list[DecisionQuestion] = []
    for i, table in enumerate(tables):
        if ids[i] and ids[i] in ids[:i]:
            table.wrong("id", f"the question `{ids[i]}` stands here a second time", "give it another id")
        yes, no = (_answer(table, side, ids, i) for side in ("yes", "no"))
        if yes is not None and no is not None:
            questions.append(DecisionQuestion(question_id=ids[i], text=table.text("ask"), yes=yes, no=no))
    if questions and len(questions) == len(tables) and reader.is_right:
        _check_tree(reader, questions)
    return tuple(questions)


def _answer(table: TableReader, side: str, ids: list[str], index: int) -> Answer | None:
    inner = table.table(side, ANSWER_KEYS)
    if inner is None or not inner.is_right:
        return None
    ask, verdict, text = inner.text("ask"), inner.text("verdict"), inner.text("text")
    if bool(ask) == bool(verdict):
        inner.wrong("", f"`{side}` leads to {'both' if ask else 'neither'} a question {'and' if ask else 'nor'} a verdict",
                    'write { ask = "…" } or { verdict = "no_violation", text = "…" }')
        return None
    if verdict:
        if not text:
            inner.wrong("", f"`{side}` ends without a reason", f'add a text: {{ verdict = "{verdict}", text = "…" }}')
            return None
        return Answer(verdict=Verdict(verdict), text=text)
    if ask not in ids:
        inner.wrong("ask", f"unknown question `{ask}`", suggestion(ask, [name for name in ids if name], kind="questions"))
    elif ids.index(ask) <= index:
        inner.wrong("ask", f"`{ask}` does not stand further down", "questions only lead forwards, so that they end")
    else:
        return Answer(ask=ask)
    return None


def _check_tree(reader: TableReader, questions: list[DecisionQuestion]) -> None:
    """Every question can be reached, and the tree can end both ways."""
    answers = [answer for question in questions for answer in (question.yes, question.no)]
    asked = {answer.ask for answer in answers}
    for i, question in enumerate(questions[1:], start=1):
        if question.question_id not in asked:
            place = reader.file.places.value((*reader.path, "question", i, "id"))
            reader.problems.append(place.problem(f"no answer leads to the question `{question.question_id}`",
                                                 hint="let an answer further up ask it, or delete it"))
    for verdict in (Verdict.VIOLATION, Verdict.NO_VIOLATION):
        if all(answer.verdict is not verdict for answer in answers):
            reader.wrong("question", f"no answer ends with `{verdict}`", "a tree must be able to end both ways", at_key=True)
