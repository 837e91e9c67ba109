"""Cards run on today's detectors, on any folder with the same files, and say what is missing or broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenhand.errors import DataError
from evenhand.evaluation.card import Card
from evenhand.evaluation.outcome import CardResult, Measured, NoDetector, NotRun, Unusable
from evenhand.workflows.evaluation.bench import Bench, open_bench
from evenhand.workflows.evaluation.cards import data_folder, evaluate_cards, evaluate_on, named_cards, shipped_cards
from evenhand.workflows.evaluation.tasks import tasks
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.sentence_models import sentence_model

HEAD = 'id = "{name}"\ntitle = "A test"\ntask = "{task}"\nlicence = "CC0-1.0"\nsource = "written for a test"\n'


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench(SweepSettings(threads=1)) as opened:
        yield opened


def card(folder: Path, name: str, task: str, rest: str) -> Card:
    (folder / f"{name}.toml").write_text(HEAD.format(name=name, task=task) + rest, encoding="utf-8")
    return named_cards([str(folder / f"{name}.toml")])[0]


def put(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def values(result: CardResult) -> dict[str, tuple[int | None, int]]:
    assert isinstance(result.outcome, Measured)
    return {metric.name: (metric.hits, metric.n) for metric in result.outcome.metrics}


PAIRS = """
options = { are = "names" }
[[file]]
role = "pairs"
path = "pairs.csv"
columns = { lookalike = "bad", genuine = "good", kind = "edit", label = "is" }
labels = { lookalike = ["yes"] }
[[bar]]
metric = "recall"
at_least = 0.5
[[bar]]
metric = "missed"
at_most = 0
"""


def test_name_pairs_are_found_and_the_genuine_left_alone(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "pairs.csv", "bad,good,edit,is\nmyetherwalllet,MyEtherWallet,repetition,yes\n"
        "qqqqqq,MyEtherWallet,other,yes\nmyetherwallet,MyEtherWallet,none,no\n")
    [result] = evaluate_on(bench, [card(tmp_path, "pairs", "lookalike_pairs", PAIRS)], data=tmp_path)
    assert values(result) == {"recall": (1, 2), "right_holder": (1, 2), "missed": (None, 2), "precision": (1, 1),
                              "genuine_found": (0, 1)}
    assert [bar.is_met for bar in result.bars] == [True, False]
    assert result.left_out == (("no", 1),)
    assert isinstance(result.outcome, Measured)
    assert result.outcome.mistakes == ("qqqqqq stands for MyEtherWallet: read as nobody",)


def test_the_same_card_runs_on_another_folder(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path / "here", "pairs.csv", "bad,good,edit,is\nqqqqqq,MyEtherWallet,other,yes\n")
    put(tmp_path / "held-out", "pairs.csv", "bad,good,edit,is\nmyetherwalllet,MyEtherWallet,repetition,yes\n")
    one = card(tmp_path, "pairs", "lookalike_pairs", PAIRS)
    shares = [values(evaluate_on(bench, [one], data=tmp_path / name)[0])["recall"] for name in ("here", "held-out")]
    assert shares == [(0, 1), (1, 1)]


def test_a_set_that_is_not_there_is_said_not_to_have_run(tmp_path: Path) -> None:
    one = card(tmp_path, "pairs", "lookalike_pairs", PAIRS)
    [result] = evaluate_cards([one], SweepSettings(threads=1), data=tmp_path / "nowhere")
    assert result.outcome == NotRun(missing=("pairs.csv",))
    assert [bar.is_met for bar in result.bars] == [None, None]


def test_a_set_that_cannot_be_used_is_told_and_the_others_are_measured(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "pairs.csv", "worse,good,edit,is\na,b,c,yes\n")
    put(tmp_path, "sound.csv", "bad,good,edit,is\nmyetherwalllet,MyEtherWallet,x,yes\n")
    (tmp_path / "names.parquet").write_bytes(b"no table")
    other = card(tmp_path, "names", "name_retrieval", """
options = { hidden = "nothing" }
[[file]]
role = "names"
path = "names.parquet"
columns = { entity = "id", name = "name", language = "language" }
""")
    sound = card(tmp_path, "sound", "lookalike_pairs", PAIRS.replace("pairs.csv", "sound.csv"))
    first, second, third = evaluate_on(bench, [card(tmp_path, "pairs", "lookalike_pairs", PAIRS), other, sound], data=tmp_path)
    assert isinstance(first.outcome, Unusable)
    assert isinstance(second.outcome, Unusable)
    assert [(Path(problem.file or "").name, problem.line, problem.what[:27])
            for problem in (*first.outcome.problems, *second.outcome.problems)] == [
        ("pairs.csv", 1, "the file has no column `bad"), ("names.parquet", None, "not a readable Parquet file")]
    assert [bar.is_met for bar in first.bars] == [None, None]
    assert values(third)["recall"] == (1, 1)


def test_where_no_set_can_be_used_nothing_is_prepared(tmp_path: Path) -> None:
    put(tmp_path, "pairs.csv", "worse,good,edit,is\na,b,c,yes\n")
    [result] = evaluate_cards([card(tmp_path, "pairs", "lookalike_pairs", PAIRS)],
                              SweepSettings(registries=(tmp_path / "nowhere",)), data=tmp_path)
    assert isinstance(result.outcome, Unusable)


def test_mistakes_in_several_cards_are_told_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(HEAD.format(name=name, task="no_such_task"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        named_cards([str(tmp_path / "one.toml"), str(tmp_path / "two.toml")])
    assert [Path(problem.file or "").name for problem in caught.value.problems] == ["one.toml", "two.toml"]
    assert {problem.line for problem in caught.value.problems} == {3}


def test_a_record_that_cannot_be_read_is_left_out_and_counted(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "pairs.csv", "bad,good,edit,is\nmyetherwalllet,MyEtherWallet,x,yes\n,MyEtherWallet,x,yes\na,b\n")
    [result] = evaluate_on(bench, [card(tmp_path, "pairs", "lookalike_pairs", PAIRS)], data=tmp_path)
    assert values(result)["recall"] == (1, 1)
    assert result.n_rejected == 2
    assert [problem.line for problem in result.rejected] == [3, 4]


def test_links_are_found_however_written_and_warnings_left_alone(bench: Bench, tmp_path: Path) -> None:
    lists = bench.registers["link_lists"]
    host = next(host for host, label in zip(lists["host"].to_pylist(), lists["label"].to_pylist(), strict=True)
                if label == "phishing" and host.count(".") == 1)
    put(tmp_path, "links.csv", f"host,is\n{host.replace('.', '[.]')},bad\nnever-listed.example,bad\nexample.org,fine\n")
    one = card(tmp_path, "links", "link_matching", """
[[file]]
role = "links"
path = "links.csv"
columns = { host = "host", label = "is" }
labels = { harmful = ["bad"], harmless = ["fine"] }
""")
    assert values(evaluate_on(bench, [one], data=tmp_path)[0]) == {
        "recall": (1, 2), "recall_below": (1, 2), "recall_unlisted": (0, 1), "listed": (1, 2), "quoted_found": (0, 2),
        "harmless_found": (0, 1), "precision": (1, 1)}


TEXTS = """
options = {{ relation = "{relation}" }}
[[file]]
role = "texts"
path = "texts.jsonl"
columns = {{ text = "text", label = "is", language = "in" }}
labels = {{ positive = ["spam"], negative = ["ham"] }}
[[bar]]
metric = "f1"
at_least = 0.9
"""


def test_texts_are_judged_by_the_relation_that_the_card_names(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "texts.jsonl", '{"text": "Claim your gift at https://gifts.example.com/now", "is": "spam", "in": "en"}\n'
        '{"text": "See you at lunch", "is": "ham", "in": "en"}\n{"text": "Nos vemos", "is": "spam", "in": "es"}\n')
    [result] = evaluate_on(bench, [card(tmp_path, "texts", "text_classification", TEXTS.format(relation="links"))],
                           data=tmp_path)
    assert values(result)["recall"] == (1, 2)
    assert values(result)["negatives_found"] == (0, 1)
    assert isinstance(result.outcome, Measured)
    [by_language] = result.outcome.breakdowns
    assert [(row.value, row.metrics[2].hits) for row in by_language.rows] == [("en", 1), ("es", 0)]


PASSAGES = """
options = { relation = "advice_sentences" }
[[file]]
role = "texts"
path = "sentences.csv"
columns = { text = "text", label = "is", passage = "comment", place = "sentence" }
constants = { language = "en" }
labels = { positive = ["advice"], negative = ["none"] }
"""


def test_texts_of_one_passage_are_read_together_and_judged_one_by_one(bench: Bench, tmp_path: Path) -> None:
    advice, talk = "You should talk to her about it and set some rules for the evening .", "I did exactly the same thing ."
    put(tmp_path, "sentences.csv", "comment,sentence,text,is\n" + f"c1,c1-10,{advice},advice\nc2,c2-0,{talk},none\n"
        f"c1,c1-2,{talk},none\nc1,c1-1,{talk},none\n")
    one = card(tmp_path, "advice", "text_classification", PASSAGES)
    [result] = evaluate_on(bench, [one], data=tmp_path)
    assert values(result)["recall"] == (1, 1)
    assert values(result)["negatives_found"] == (0, 3)


def test_without_its_sentence_model_a_card_is_read_by_words_and_says_so(
        bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "sentences.csv", "comment,sentence,text,is\nc,c-0,You should talk to her .,advice\n")
    one = card(tmp_path, "advice", "text_classification", PASSAGES.replace('sentences" }', 'sentences", model = "minilm" }'))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    sentence_model.cache_clear()
    [result] = evaluate_on(bench, [one], data=tmp_path)
    sentence_model.cache_clear()
    assert isinstance(result.outcome, Measured)
    assert result.outcome.notes == ("read by words alone: the sentence model `minilm` is not installed",)


def test_a_relation_that_no_step_leaves_is_no_detector_yet(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "texts.jsonl", '{"text": "a", "is": "ham", "in": "en"}\n')
    [result] = evaluate_on(bench, [card(tmp_path, "texts", "text_classification", TEXTS.format(relation="wishes"))],
                           data=tmp_path)
    assert result.outcome == NoDetector(why="no step leaves the relation `wishes`")
    assert [bar.is_met for bar in result.bars] == [None]


def test_a_hidden_language_is_asked_for_and_not_known(bench: Bench, tmp_path: Path) -> None:
    rows = [f"e{n},Office of Quality Number {word},en\ne{n},Amt Für Güte {word},de" for n, word in enumerate(
        ("Alabaster", "Brontosaurus", "Chrysanthemum", "Dodecahedron", "Eucalyptus", "Flamboyant", "Gargantuan",
         "Hippopotamus", "Iridescent", "Juxtapose"))]
    put(tmp_path, "names.csv", "id,name,lang\n" + "\n".join(rows) + "\n")
    shape = '\n[[file]]\nrole = "names"\npath = "names.csv"\ncolumns = { entity = "id", name = "name", language = "lang" }\n'
    nothing, hidden = evaluate_on(bench, [
        card(tmp_path, "a", "name_retrieval", 'options = { hidden = "nothing" }' + shape),
        card(tmp_path, "b", "name_retrieval", 'options = { hidden = "language" }' + shape)], data=tmp_path)
    assert values(nothing)["p_at_1"] == (0, 20), "no shipped register holds them"
    assert values(hidden)["p_at_1"][1] == 20, "each language is hidden once and its names asked for"


def test_genuine_accounts_are_counted_once_and_those_unknown_to_a_register_apart(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "outlets.csv", "handle,name,site\nelsewheretimes,The Elsewhere Times,https://elsewhere.example\n"
        ",,www.only-a-site.example\nelsewheretimes,The Elsewhere Times,https://elsewhere.example\n")
    one = card(tmp_path, "genuine", "genuine_accounts", """
[[file]]
role = "accounts"
path = "outlets.csv"
columns = { handle = "handle", name = "name", website = "site" }
constants = { kind = "media" }
""")
    [result] = evaluate_on(bench, [one], data=tmp_path)
    assert values(result) == {"found": (0, 2), "penalised": (0, 2), "found_without_handle": (0, 0),
                              "found_without_claim": (0, 2)}


def test_look_alike_domains_of_named_victims_are_told_from_the_victims_own(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "bad.csv", "host,of,is\nmyetherwalllet[.]com,MyEtherWallet,phish\nunrelated[.]example,MyEtherWallet,phish\n")
    put(tmp_path, "good.csv", "host\nhttps://www.myetherwallet.com/\nrailways.example\n")
    one = card(tmp_path, "domains", "lookalike_domains", """
options = { victims = "named" }
[[file]]
role = "domains"
path = "bad.csv"
columns = { host = "host", victim = "of", label = "is" }
labels = { lookalike = ["phish"] }
[[file]]
role = "genuine"
path = "good.csv"
columns = { host = "host" }
constants = { label = "genuine" }
""")
    found = values(evaluate_on(bench, [one], data=tmp_path)[0])
    assert found["recall"] == found["right_victim"] == (1, 2)
    assert found["genuine_found"] == (0, 2)
    assert found["precision"] == (1, 1)


def test_satire_is_told_from_fake_and_genuine(bench: Bench, tmp_path: Path) -> None:
    put(tmp_path, "sites.csv", "site,is\nspiegel.ltd,fake\nfunny-paper.example,satire\nspiegel.de,real\n")
    one = card(tmp_path, "sites", "satire_guard", """
[[file]]
role = "sites"
path = "sites.csv"
columns = { host = "site", label = "is" }
labels = { satire = ["satire"], fake = ["fake"], genuine = ["real"] }
""")
    assert values(evaluate_on(bench, [one], data=tmp_path)[0]) == {
        "satire_found": (0, 1), "satire_found_disclosed": (0, 1), "genuine_found": (0, 1), "fake_found": (1, 1)}


def test_every_task_has_a_card_and_every_metric_a_sentence() -> None:
    assert {one.task for one in shipped_cards()} == set(tasks())
    for task in tasks().values():
        assert all(metric.sentence for metric in task.form.metrics)
        assert len({metric.name for metric in task.form.metrics}) == len(task.form.metrics)


def test_the_data_folder_is_the_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder(None) == Path("../shared/data")
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))
    assert data_folder(None) == tmp_path
    (tmp_path / "mine").mkdir()
    assert data_folder(tmp_path / "mine") == tmp_path / "mine"
