"""What can be known about a media file's making: closed lists of states and marks, and the IPTC terms that mean a model."""

from __future__ import annotations

from enum import StrEnum


class Provenance(StrEnum):
    """What a file's C2PA manifest is worth. Being `intact` says that nothing was changed, not that the signer is known."""

    NONE = "none"
    """No manifest in the file. Manifests that stand elsewhere are never fetched."""
    INVALID = "invalid"
    """The file or the manifest was changed after signing; what it says counts for nothing."""
    INTACT = "intact"
    """Unchanged since signing, by a signer who is on no list that was given."""
    TRUSTED = "trusted"
    """Unchanged since signing, by a signer whose certificate leads to a list that was given."""


class AiMark(StrEnum):
    """Where a file says that a generative model made it."""

    C2PA = "c2pa"
    XMP = "xmp"
    AIGC_LABEL = "aigc_label"
    """The implicit label of GB 45438-2025."""
    PNG_TEXT = "png_text"
    """Text chunks in the form that a generator writes."""
    EXIF = "exif"
    HIDDEN_TEXT = "hidden_text"
    """Settings in the lowest bits of the transparency or the colours."""


SOURCE_TYPES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
"""IPTC digital source types that mean: made by a generative model, or put together with what one made. Other terms, such as
`algorithmicMedia` or `compositeSynthetic`, do not say that a model was trained, and are never evidence."""
SOURCE_TYPE_ADDRESSES = tuple(f"{scheme}://cv.iptc.org/newscodes/digitalsourcetype/" for scheme in ("http", "https"))
"""What stands before a term where a platform gives its whole address, as the IPTC's vocabulary has it."""
