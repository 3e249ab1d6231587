"""The retriever and `ask` as LangChain components, for other people's chains.

LangChain's ``Document`` stays in this module; everything else uses our records.
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict, InstanceOf

from assistant import answering
from assistant.json_records import retrieved_record
from assistant.library import Library
from assistant.records import Answer
from assistant.search.retrieval import Filters, Retriever


class StewardRetriever(BaseRetriever):
    """A LangChain retriever over the library; ``metadata`` is the record that ``steward search --json`` prints."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: InstanceOf[Retriever]
    k: int = 10
    filters: InstanceOf[Filters] = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        found = self.retriever.retrieve(query, self.k, self.filters)
        return [
            LangChainDocument(page_content=item.chunk.text, metadata=retrieved_record(item), id=item.chunk.id)
            for item in found
        ]


def answer_chain(library: Library, filters: Filters | None = None) -> Runnable[str, Answer]:
    """Return a Runnable from a question to an :class:`~assistant.records.Answer`."""

    def ask(question: str, **_: Any) -> Answer:
        return answering.ask(library, question, filters)

    return RunnableLambda(ask, name="steward")
