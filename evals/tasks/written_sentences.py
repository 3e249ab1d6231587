"""Sentences as chat models write them, true and false: which pass the veto of facts and a recorded judge?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from inspect_ai import Task, task
from pydantic import SecretStr

from assistant.claims import Claim, JudgingError
from assistant.claims.checking import by_words
from assistant.claims.judges import build_judge
from assistant.records import Authority, Quote, Speaker, Verdict
from assistant.settings import ModelSettings, Settings
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases
from evals.recordings.recorded import Missing, load_recordings
from evals.recordings.server import ReplayServer
from evals.tasks.shared import Judged, judged_task

SCORES = ("vetoed_supported", "vetoed_altered", "kept_supported", "kept_altered", "replayed")
AT_ONCE = 7
"""Sentences that the judge is shown together, as of one answer."""
_VETOES = ("contradicted", "unsupported")


class Evidence(Record):
    """A sentence of the library that a claim cites, and who says it."""

    document: Identifier
    speaker: Line
    authority: Authority
    words: Line


class WrittenSentence(Record):
    """A sentence written from evidence, with the labels of two readers."""

    id: Identifier
    split: Split
    kind: Literal[
        "supported",
        "figure",
        "overclaim",
        "attribution",
        "swap",
        "added detail",
        "denial",
        "invented cause",
        "dropped condition",
    ]
    """What its writer meant it to be."""
    claim: Line
    section: tuple[Line, ...]
    evidence: tuple[Evidence, ...]
    labels: tuple[Verdict, Verdict]

    @property
    def supported(self) -> bool:
        """Whether both readers call it supported."""
        return set(self.labels) == {"supported"}

    @property
    def question(self) -> str:
        """What a reader is shown."""
        return "\n".join([self.claim, "", *(f"{item.speaker}: {item.words}" for item in self.evidence)])

    @property
    def cluster(self) -> str:
        """Its section."""
        return " > ".join(self.section)

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind; "partly" where the readers find less support than the writer meant."""
        return {"kind": "partly" if self.kind == "supported" and not self.supported else self.kind}


@task
def written_sentences(system: str = "steward", split: Split | None = "test") -> Task:
    """Sentences of chat models, through the veto of facts and the recorded judge."""
    cases = load_written_sentences()
    claims = {case.id: _claim(case) for case in cases}
    verdicts, _ = judged_by_recording(claims)

    def judge(case: WrittenSentence) -> Judged:
        vetoed = by_words(claims[case.id])
        is_vetoed = vetoed is not None and vetoed.verdict in _VETOES
        about = "supported" if case.supported else "altered"
        scores = {f"vetoed_{about}": float(is_vetoed), "replayed": float(case.id in verdicts)}
        if case.id in verdicts:
            scores[f"kept_{about}"] = float(not is_vetoed and verdicts[case.id] == "supported")
        detail = case.model_dump(include={"claim", "labels"}) | {"vetoed": is_vetoed, "judged": verdicts.get(case.id)}
        return Judged(scores, verdicts.get(case.id, "not replayed"), detail)

    return judged_task("written_sentences", cases, judge, SCORES, split)


def judged_by_recording(claims: Mapping[str, Claim]) -> tuple[dict[str, Verdict], list[Missing]]:
    """Return the recorded judge's verdicts by id, and the prompts that nobody has replied to."""
    found: dict[str, Verdict] = {}
    with ReplayServer(load_recordings()) as server:
        model = ModelSettings(name="openai:played", base_url=server.address, key=SecretStr("replay"))
        judge = build_judge(Settings(model=model))
        assert judge is not None
        # By id, so that one prompt holds sentences of several sections, true ones and false ones.
        names = sorted(claims, key=lambda name: (name[-1], name))
        for number, group in enumerate(_groups(names)):
            server.case = f"sentences-{number}"
            try:
                judged = judge.judge([claims[name] for name in group])
            except JudgingError:
                continue
            found |= {name: item.verdict for name, item in zip(group, judged, strict=True)}
    return found, server.missing


def load_written_sentences() -> list[WrittenSentence]:
    """Return the sentences in order; see `evals.cases.load_cases`."""
    return load_cases(DATA / "written_sentences.jsonl", WrittenSentence)


def _groups(names: Sequence[str]) -> list[Sequence[str]]:
    count = -(-len(names) // AT_ONCE)
    return [names[first::count] for first in range(count)]


def _claim(case: WrittenSentence) -> Claim:
    return Claim(case.claim, tuple(_quote(number, case, item) for number, item in enumerate(case.evidence, 1)))


def _quote(number: int, case: WrittenSentence, evidence: Evidence) -> Quote:
    source = Bench.shared().library.sources[evidence.document]
    return Quote(
        n=number,
        document=source.id,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        speaker=Speaker(evidence.speaker, "reported", evidence.authority),
        document_status=source.status,
        form="summary",
        part="body",
        section=case.section,
        page=None,
        page_label=None,
        quote=evidence.words,
        start=0,
        end=len(evidence.words),
        url="",
    )


def sentences_missing() -> list[Missing]:
    """Return the judge's prompts that have no recording."""
    return judged_by_recording({case.id: _claim(case) for case in load_written_sentences()})[1]
