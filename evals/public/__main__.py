"""Public sets that lie on this machine: do our measures and our index give what others publish?

Run ``python -m evals.public beir FOLDER`` or ``python -m evals.public claims FILE …``; each prints Markdown tables.

``beir`` reads a folder in BEIR's form (Thakur et al. 2021); each document is one chunk, its title before its text.
Published for SciFact's test split (300 queries, 5,183 documents, SHA-256 of the corpus from dec31c8182f3 on), nDCG@10
and Recall@100:

- 0.6789 and 0.9253 for BM25 with k1 = 0.9 and b = 0.4 (Anserini, "flat"). Here that is ``--system bm25``; the product's
  own index has Tantivy's k1 = 1.2 and b = 0.75.
- 0.6451 and 0.9250 for all-MiniLM-L6-v2 (MTEB): ``--system vectors``, about four minutes on 2 cores.

``claims`` reads one ``{"claim": …, "context": …, "label": …}`` a line: how often the veto of facts is right, and with
``--model`` how well a cross-encoder judges beside words in common; ``convert`` makes such a file of what some
publishers hand out. Figures are in `README.md` here.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from assistant.claims.cross_encoder import CrossEncoderJudge
from assistant.errors import AssistantError
from assistant.index.words import Words, WordWriter
from assistant.models.embedding import PACKAGED_MODEL, Embedder, SentenceEmbedder
from assistant.records import Chunk, Span, Speaker
from assistant.settings import EmbeddingSettings
from assistant.text.terms import content_words
from evals.metrics.intervals import Estimate, estimate
from evals.metrics.retrieval import ranked_ndcg
from evals.public.claims import FLOORS, JUDGE, judge, ranking, sampled, share_of
from evals.public.published import Form, read_published, write_rows
from evals.public.sets import BeirSet, PublicDocument, load_beir, load_claims
from evals.systems.bm25 import Bm25

DEPTH = 100
"""So many documents are asked for; nDCG looks at the first ten, recall at all."""
_INTERVAL = "(95 % interval)"

Search = Callable[[str], list[str]]
"""Question to ids of documents, best first."""


def retrieval_estimates(public_set: BeirSet, search: Search) -> tuple[Estimate, Estimate]:
    """Mean nDCG@10 and mean Recall@100 over the queries, each query a cluster of its own.

    ``Recall@100``: share of a query's relevant documents among the first hundred. A document with the query's own id is
    passed over, as BEIR does: in some sets the queries are documents.
    """
    gains, recalls = [], []
    for query, relevances in public_set.judgements.items():
        ranked = [name for name in search(public_set.queries[query]) if name != query][:DEPTH]
        gains.append(ranked_ndcg(ranked, relevances))
        recalls.append(len(relevances.keys() & set(ranked)) / len(relevances))
    names = list(public_set.judgements)
    return estimate(gains, names), estimate(recalls, names)


def words_search(documents: Sequence[PublicDocument], folder: Path, every_word: bool = False) -> Search:
    """The product's word index, built in ``folder/words``.

    It is asked as the retriever asks it, for the content words of the question; with ``every_word``, for all its words
    as the index itself cuts them. A gap between the two tells that `content_words` and the index cut words differently.
    """
    writer = WordWriter(folder / "words")
    writer.add((_chunk(document) for document in documents), text=0, first=0)
    writer.finish()
    index = Words.open(folder / "words")

    def search(question: str) -> list[str]:
        asked = {question: 1.0} if every_word else dict.fromkeys(content_words(question), 1.0)
        return [documents[number].id for number in index.search(asked, DEPTH + 1).chunks]

    return search


def vector_search(documents: Sequence[PublicDocument], embedder: Embedder) -> Search:
    """Cosine similarity of whole documents, compared with every one of them; the model cuts off what it cannot read."""
    vectors = embedder.embed([document.whole for document in documents])

    def search(question: str) -> list[str]:
        similarities = vectors @ embedder.embed_question(question)
        return [documents[number].id for number in np.argsort(-similarities, kind="stable")[: DEPTH + 1]]

    return search


def bm25_search(documents: Sequence[PublicDocument]) -> Search:
    """BM25 with the parameters of Anserini's published runs; see :class:`evals.systems.bm25.Bm25`."""
    index = Bm25([document.whole for document in documents])
    return lambda question: [documents[number].id for number in index.search(question, DEPTH + 1)]


class System(StrEnum):
    """What can be asked for documents."""

    WORDS = "words"
    ALL_WORDS = "all-words"
    BM25 = "bm25"
    VECTORS = "vectors"

    def over(self, documents: Sequence[PublicDocument], folder: Path) -> Search:
        """A search over these documents; ``folder`` is empty and outlives the search."""
        if self is System.VECTORS:
            return vector_search(documents, SentenceEmbedder(EmbeddingSettings(model=PACKAGED_MODEL)))
        if self is System.BM25:
            return bm25_search(documents)
        return words_search(documents, folder, every_word=self is System.ALL_WORDS)


app = typer.Typer(help="Measure on public sets that lie on this machine.", add_completion=False, no_args_is_help=True)


@app.command()
def beir(
    folder: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels/.")],
    split: Annotated[str, typer.Option(help="Which judgements: the name of a file in qrels/, without .tsv.")] = "test",
    systems: Annotated[list[System] | None, typer.Option("--system", help="Repeatable; words if not given.")] = None,
) -> None:
    """Retrieval on a BEIR-form folder."""
    public_set = load_beir(folder, split)
    print(
        f"{folder.resolve().name}, {split} split: {len(public_set.judgements):,} queries"
        f"{f' ({public_set.unscored} more have nothing to find)' if public_set.unscored else ''}, "
        f"{len(public_set.documents):,} documents, corpus SHA-256 {public_set.digest[:12]}\n"
    )
    rows = []
    for system in systems or [System.WORDS]:
        print(f"Searching with {system} …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as place:
            ndcg, recall = retrieval_estimates(public_set, system.over(public_set.documents, Path(place)))
        rows.append((system.value, str(ndcg.n), str(ndcg), str(recall)))
    _print_table(("system", "n", f"nDCG@10 {_INTERVAL}", f"Recall@{DEPTH} {_INTERVAL}"), rows)


@app.command()
def convert(
    form: Annotated[Form, typer.Argument(help="Whose file it is.")],
    file: Annotated[Path, typer.Argument(help="The file as its publisher hands it out.")],
    output: Annotated[Path, typer.Argument(help="JSON Lines to write.")],
    part: Annotated[str | None, typer.Option(help="Of a collection of sets the one to take.")] = None,
) -> None:
    """A published file as claims, contexts and labels."""
    rows = read_published(form, file, part)
    write_rows(rows, output)
    print(f"{output}: {len(rows):,} claims, {sum(row['label'] for row in rows):,} of them supported")


@app.command()
def claims(
    files: Annotated[list[Path], typer.Argument(help="JSON Lines of claim, context and label.")],
    model: Annotated[str | None, typer.Option(help="Cross-encoder that judges, by name or path.")] = None,
    at_most: Annotated[int | None, typer.Option(min=2, help="Draw so many claims of a larger file.")] = None,
) -> None:
    """The veto of facts, and with --model a judge beside words in common."""
    judging = CrossEncoderJudge(model) if model else None
    vetoed, ranked = [], []
    for file in files:
        print(f"Checking {file.name} …", file=sys.stderr)
        found = load_claims(file)
        judged = judge(found if at_most is None else sampled(found, at_most), judging)
        shares = [share_of(judged, judged.vetoed, supported=supported) for supported in (True, False)]
        vetoed.append((file.stem, str(len(judged.supported)), *map(str, shares)))
        if judging:
            areas = [ranking(judged, name) for name in (JUDGE, *FLOORS)]
            gains = [ranking(judged, JUDGE, beside=name) for name in FLOORS]
            accepted = [share_of(judged, judged.accepted, supported=supported) for supported in (True, False)]
            ranked.append((file.stem, *map(str, (*areas, *gains, *accepted))))
    print(f"Vetoed {_INTERVAL}\n")
    _print_table(("set", "n", "of supported (lower is better)", "of the others"), vetoed)
    if judging:
        print(f"\nJudged by {judging.name}: AUC, and share accepted {_INTERVAL}; a difference is paired\n")
        floors = (*FLOORS, *(f"judge less {name}" for name in FLOORS))
        _print_table(("set", "judge", *floors, "accepted of supported", "accepted of the others"), ranked)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; an error of ours is one line on stderr and exit code 1, a bug keeps its traceback."""
    try:
        app(args=list(argv) if argv is not None else None)
    except AssistantError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


def _chunk(document: PublicDocument) -> Chunk:
    """A document as one chunk without headings: its title is indexed with its text."""
    whole = Span(0, len(document.whole))
    return Chunk(
        id=document.id,
        text_id=document.id,
        document=document.id,
        part="body",
        form="original",
        section=(),
        anchor=None,
        start=whole.start,
        end=whole.end,
        text=document.whole,
        sentences=(whole,),
        speakers=(Speaker("Nobody", "publisher", "evidence"),),
    )


def _print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
