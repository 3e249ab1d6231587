"""Chapters of the Guide: made from a plan of cases and recommendations, as Markdown or Word."""

from assistant.export.chapters.chapter import Chapter
from assistant.export.chapters.checking import PlanProblem, check_plan, plan_problems, valid_part
from assistant.export.chapters.making import make_chapter
from assistant.export.chapters.markdown import as_markdown
from assistant.export.chapters.plan import Plan, plan_of, plan_of_toml, plan_toml, read_plan
from assistant.export.chapters.saving import begin_plan, chapter_bytes, save_chapter, save_plan

__all__ = [
    "Chapter",
    "Plan",
    "PlanProblem",
    "as_markdown",
    "begin_plan",
    "chapter_bytes",
    "check_plan",
    "make_chapter",
    "plan_of",
    "plan_of_toml",
    "plan_problems",
    "plan_toml",
    "read_plan",
    "save_chapter",
    "save_plan",
    "valid_part",
]
