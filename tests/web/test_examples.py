"""Questions that the page offers."""

from __future__ import annotations

from pathlib import Path

from assistant import answering
from assistant.web.ask.examples import next_questions
from tests.library_making import index_library, make_library, open_library


def test_of_a_sections_questions_the_first_with_a_name_is_offered(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    path = settings.corpus / "questions" / "harbour-plan.toml"
    asked = path.read_text(encoding="utf-8")
    lighting = '"What lighting is compulsory?"'
    assert lighting in asked
    path.write_text(
        asked.replace(lighting, f'{lighting}, "What must be lit at night?", "What do lamps in Leith need?"'),
        encoding="utf-8",
    )
    index_library(settings)
    library = open_library(settings)
    answer = answering.ask(library, "How many boats will be licensed?")
    assert "What do lamps in Leith need?" in next_questions(answer, library.generation)
    assert "What lighting is compulsory?" not in next_questions(answer, library.generation)
    library.generation.close()
