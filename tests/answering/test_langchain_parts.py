"""The LangChain parts, and what the package promises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant as package
from assistant.answering.langchain_parts import StewardRetriever, answer_chain
from assistant.library import Library
from assistant.search.retrieval import Filters
from tests.library_making import index_library, make_library, open_library


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    index_library(settings)
    library = open_library(settings)
    yield library
    library.generation.close()


def test_the_retriever_gives_langchain_documents_with_our_record(opened: Library) -> None:
    retriever = StewardRetriever(retriever=opened.retriever, k=2, filters=Filters(documents=("harbour-plan",)))
    found = retriever.invoke("How many boats will the office license?")
    assert len(found) == 2
    assert "40 boats" in found[0].page_content
    assert found[0].metadata["document"] == "harbour-plan"
    assert found[0].metadata["rank"] == 1


def test_the_chain_answers_one_question_or_many(opened: Library) -> None:
    chain = answer_chain(opened)
    (answer,) = chain.batch(["How many boats will the office license by 2027?"])
    assert "40 boats by 2027" in answer.answer
    assert all(sentence.verdict == "supported" for sentence in answer.sentences)


def test_every_promised_name_is_there() -> None:
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


def test_importing_the_package_or_the_commands_loads_no_heavy_library() -> None:
    heavy = {"torch", "chromadb", "gradio", "langchain_core"}
    code = f"import sys, assistant.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
