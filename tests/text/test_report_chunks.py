"""The real report as Markdown and as PDF: the same chunks from both."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.models.embedding import SentenceEmbedder
from assistant.reading.markdown.reader import read_markdown
from assistant.reading.pdf.reader import read_pdf
from assistant.records import Document, LibraryText
from assistant.settings import EmbeddingSettings
from assistant.sources.catalogue import load_catalogue
from assistant.text.chunking import chunk_text
from tests.reading.pdf_making import make_pdf, pieces_of

ROOT = Path(__file__).parents[2]
REPORT = ROOT.parent / "shared" / "corpus" / "mission-ready-national-missions.md"


@pytest.mark.report
@pytest.mark.slow
@pytest.mark.skipif(not REPORT.exists(), reason="the report does not lie beside the repository")
def test_markdown_and_pdf_give_the_same_chunks_within_two_per_cent() -> None:
    source = load_catalogue(ROOT / "corpus")[0]
    count_tokens = SentenceEmbedder(EmbeddingSettings()).count_tokens
    markdown = read_markdown(REPORT.read_bytes())
    pdf = read_pdf(make_pdf(pieces_of(markdown), {note.number: note.text for note in markdown.footnotes}))

    def chunks(document: Document) -> list[str]:
        cut = chunk_text(LibraryText(source, "original", "body", document, ""), 220, count_tokens)
        return ["".join((chunk.lead_text + chunk.text).split()) for chunk in cut]

    ours, theirs = chunks(markdown), chunks(pdf)
    assert abs(len(ours) - len(theirs)) <= 0.02 * len(ours)
    assert len(set(ours) - set(theirs)) <= 0.02 * len(ours)
