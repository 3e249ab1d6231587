"""Reading in a child process: the same document, one line for whatever goes wrong, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from assistant.errors import DocumentError
from assistant.reading import child, read_bytes, sandbox
from assistant.reading.child import MOST_CHILDREN, BusyError, Child, Process, Task
from assistant.reading.sandbox import read_file, read_files
from assistant.settings import ReadingSettings
from tests.reading.document_checks import check_document
from tests.reading.hostile_files import HOSTILE, millions_of_objects, printed_pdf, stream_of_5_gb
from tests.reading.word_making import plain_word_file

needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals and resource limits are those of POSIX")
SMALL = ReadingSettings(memory_mb=256, seconds=60, max_file_mb=50, max_text_chars=100_000)
GOOD = {
    "good.pdf": printed_pdf("Rivers shall be clean."),
    "good.docx": plain_word_file("Rivers shall be clean."),
    "good.html": b"<!doctype html><p>Rivers shall be clean.</p>",
    "good.md": b"Rivers shall be clean.\n",
}

StandIn = Callable[[str], None]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Puts a shell script in the reader's place; ``$file`` is the file, ``$result`` is where its document goes.

    The script is the child itself and answers nothing: its exit code counts.
    """

    def put(script: str) -> None:
        program = tmp_path / "stand-in"
        program.write_text(f"#!/bin/sh\nIFS='\"' read -r _ file _ result _\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return put


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files go where a test can look at them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def file_of(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def has_ended(pid: int) -> bool:
    """True once a process is gone, or waits for somebody to notice that it is."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(timeout=30)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True


@pytest.mark.parametrize("name", GOOD)
def test_a_child_reads_the_same_document(tmp_path: Path, own_folder: Path, name: str) -> None:
    document = read_file(file_of(tmp_path, name, GOOD[name]), SMALL)
    check_document(document)
    assert document == read_bytes(GOOD[name])
    assert document.text == "Rivers shall be clean."
    assert list(own_folder.iterdir()) == []


def test_each_hostile_file_costs_one_line_and_the_others_are_read(tmp_path: Path, own_folder: Path) -> None:
    data = {
        "first.md": GOOD["good.md"],
        **{name: make() for name, make in HOSTILE.items()},
        "last.pdf": GOOD["good.pdf"],
    }
    paths = [file_of(tmp_path, name, content) for name, content in data.items()]
    outcomes = list(read_files(paths, SMALL))
    assert [path for path, _ in outcomes] == paths
    for path, outcome in outcomes:
        if path.name in HOSTILE:
            assert isinstance(outcome, DocumentError), path
            line = str(outcome)
            assert line.startswith(f"{path}: ")
            assert "\n" not in line
            assert line.endswith((".", ")"))
            assert "reader failed" not in line
        else:
            assert not isinstance(outcome, DocumentError), outcome
            assert outcome.text == "Rivers shall be clean."
    assert list(own_folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("make", [stream_of_5_gb, millions_of_objects])
def test_a_bomb_in_a_pdf_costs_one_line_within_the_limits(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = file_of(tmp_path, "bomb.pdf", make())
    limits = SMALL.model_copy(update={"max_file_mb": 500, "seconds": 30})
    with pytest.raises(DocumentError, match=r"bomb\.pdf: .+\.$"):
        read_file(path, limits)


def test_a_file_that_is_missing_or_no_file_starts_no_child(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in("touch $0.started")
    with pytest.raises(DocumentError, match=r"gone\.pdf: There is no such file"):
        read_file(tmp_path / "gone.pdf", SMALL)
    with pytest.raises(DocumentError, match="It is no ordinary file"):
        read_file(tmp_path, SMALL)
    with pytest.raises(DocumentError, match=r"empty\.md: It is empty"):
        read_file(file_of(tmp_path, "empty.md", b""), SMALL)
    assert not (tmp_path / "stand-in.started").exists()


def test_a_line_of_200_mb_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(DocumentError, match=r"It has 200\.0 MiB, more than 50\. Raise STEWARD_READING__MAX_FILE_MB"):
        read_file(path, SMALL)


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, "line.md", b"word " * 40_000)
    with pytest.raises(DocumentError, match=r"where at most 100,000 are taken\. Raise STEWARD_READING__MAX_TEXT_CHARS"):
        read_file(path, SMALL)


@needs_posix
@pytest.mark.slow
def test_a_file_that_needs_more_memory_than_allowed_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, "wide.html", b"<!doctype html>" + b"<p>a</p>" * 4_000_000)
    limits = SMALL.model_copy(update={"memory_mb": 128})
    with pytest.raises(DocumentError, match="STEWARD_READING__MEMORY_MB"):
        read_file(path, limits)


@needs_posix
def test_a_child_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in("sleep 600 &\necho $! > $0.pid\nsleep 600")
    limits = SMALL.model_copy(update={"seconds": 1})
    with pytest.raises(DocumentError, match=r"It took more than 1 s to read\. Raise STEWARD_READING__SECONDS"):
        read_file(file_of(tmp_path, "slow.md", b"x"), limits)
    assert has_ended(int((tmp_path / "stand-in.pid").read_text()))


@needs_posix
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("kill -SEGV $$", r"It crashed its reader \(SIGSEGV\)"),
        ("kill -ABRT $$", r"It crashed its reader \(SIGABRT\)"),
        ("kill -KILL $$", "STEWARD_READING__MEMORY_MB.*ended from outside"),
        ("kill -XCPU $$", "It took more than 60 s to read"),
        ("exit 4", "It took more than 256 MiB to read"),
        ("echo 'MemoryError' >&2; exit 1", "It took more than 256 MiB to read"),
        ("echo 'KeyError: 7' >&2; exit 1", r"Its reader failed \(KeyError: 7\).*report"),
        ("exit 1", r"Its reader failed \(no message\)"),
        ("printf 'Two\\nlines.' > $result; exit 3", r": Two lines\.$"),
        ("exit 0", "Its reader left no document"),
        ("echo '{}' > $result", "Stored document is damaged: text: Field required"),
        ("""echo '{"text":"abc","blocks":[{"kind":"paragraph","start":0,"end":9}]}' > $result""", "block 0 spans 0-9"),
        ("dd if=/dev/zero of=$result bs=1048576 count=3 2>/dev/null", "where at most 100,000 are taken"),
    ],
)
def test_whatever_becomes_of_a_child_is_one_line(
    tmp_path: Path, own_folder: Path, stand_in: StandIn, script: str, message: str
) -> None:
    stand_in(script)
    with pytest.raises(DocumentError, match=message) as caught:
        read_file(file_of(tmp_path, "bad.md", b"x"), SMALL)
    assert "\n" not in str(caught.value)
    assert list(own_folder.iterdir()) == []


@needs_posix
def test_a_child_gets_no_secrets(tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hush")
    stand_in("env > $0.env; exit 1")
    with pytest.raises(DocumentError):
        read_file(file_of(tmp_path, "x.md", b"x"), SMALL)
    assert "hush" not in (tmp_path / "stand-in.env").read_text()


@needs_posix
def test_files_of_a_list_share_two_children_but_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Process] = []

    def start(module: str, errors: Path) -> Process:
        started.append(new_process(module, errors))
        return started[-1]

    new_process = child._new_process
    monkeypatch.setattr(child, "_new_process", start)
    paths = [file_of(tmp_path, f"{number}.md", b"x") for number in range(20)]
    paths[7] = file_of(tmp_path, "7.docx", b"PK\x03\x04 and no more")
    outcomes = dict(read_files(paths, SMALL))
    assert [path for path, outcome in outcomes.items() if isinstance(outcome, DocumentError)] == [paths[7]]
    assert len(started) == MOST_CHILDREN
    assert all(has_ended(process.pid) for process in started)


@needs_posix
def test_a_file_that_takes_too_long_costs_the_next_one_nothing(tmp_path: Path) -> None:
    slow = tmp_path / "slow.html"
    slow.write_bytes(b"<!doctype html>" + b"<p>a</p>" * 2_000_000)
    paths = [file_of(tmp_path, "first.md", b"x"), slow, *(file_of(tmp_path, f"{n}.md", b"x") for n in range(3))]
    limits = SMALL.model_copy(update={"seconds": 3, "max_sentences": 10, "memory_mb": 4000})
    outcomes = dict(read_files(paths, limits))
    assert [path for path, outcome in outcomes.items() if isinstance(outcome, DocumentError)] == [slow]


@needs_posix
def test_a_reader_that_stops_early_leaves_no_child(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in('case "$file" in *first*) exit 4;; esac\necho $$ > $0.pid\nsleep 600')
    paths = [file_of(tmp_path, name, b"x") for name in ("first.md", "second.md", "third.md")]
    outcomes = read_files(paths, SMALL)
    assert next(outcomes)[0] == paths[0]
    outcomes.close()  # type: ignore[attr-defined]
    assert has_ended(_pid_of(tmp_path))


def _pid_of(tmp_path: Path) -> int:
    """The process that wrote its number; none where it was ended before it could."""
    written = tmp_path / "stand-in.pid"
    return int(written.read_text() or 0) if written.exists() else 2**22 + 1


@needs_posix
def test_ctrl_c_ends_the_child_too(tmp_path: Path) -> None:
    program = tmp_path / "stand-in"
    program.write_text("#!/bin/sh\necho $$ > $0.pid\nsleep 1\nkill -INT $PPID\nsleep 600\n")
    program.chmod(0o700)
    path = file_of(tmp_path, "x.md", b"x")
    code = (
        "import signal, sys; from pathlib import Path; from assistant.reading.sandbox import read_file; "
        "from assistant.settings import ReadingSettings; "
        # Tests that a shell runs in the background hand on that the signal is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        f"sys.executable = {str(program)!r}; read_file(Path({str(path)!r}), ReadingSettings())"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert parent.returncode in (-signal.SIGINT, 130)
    assert has_ended(int((tmp_path / "stand-in.pid").read_text()))


@needs_posix
def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    never_ending = tmp_path / "pipe.md"
    os.mkfifo(never_ending)
    (tmp_path / "errors").touch()
    arguments = [str(never_ending), str(tmp_path / "result"), "256", "600", "1000", "1000"]
    parent = psutil.Popen(
        [sys.executable, "-m", "assistant.reading.sandbox"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    parent.stdin.write(f"{json.dumps(arguments)}\n".encode())
    parent.stdin.flush()
    while not (readers := parent.children()):
        time.sleep(0.01)
    parent.stdin.close()
    parent.wait(timeout=60)
    assert has_ended(readers[0].pid)


@needs_posix
def test_no_more_than_two_children_run_at_once_whoever_starts_them(tmp_path: Path, stand_in: StandIn) -> None:
    # Each says how many are there as it starts; the last word is that of a reader that is given nothing.
    stand_in("mkdir -p $0.now; touch $0.now/$$; ls $0.now | wc -l >> $0.seen; sleep 0.2; rm $0.now/$$; exit 4")
    paths = [file_of(tmp_path, f"{number}.md", b"x") for number in range(4)]
    with ThreadPoolExecutor(8) as pool:
        lists = [pool.submit(lambda: list(read_files(paths, SMALL))) for _ in range(3)]
        single = [pool.submit(read_file, path, SMALL) for path in paths]
        assert all(len(each.result(timeout=60)) == len(paths) for each in lists)
        assert all(isinstance(each.exception(timeout=60), DocumentError) for each in single)
    seen = [int(count) for count in (tmp_path / "stand-in.seen").read_text().split()]
    assert len(seen) == 16
    assert max(seen) == 2


@needs_posix
def test_a_file_waits_for_others_only_so_long(
    tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in("sleep 600")
    monkeypatch.setattr(sandbox, "WAIT_S", 0.1)
    task = Task("none", (), 1, "")
    others = [Child(file_of(tmp_path, name, b"x"), SMALL, task) for name in ("one.md", "two.md")]
    try:
        path = file_of(tmp_path, "three.md", b"x")
        with pytest.raises(DocumentError, match=r"three\.md: Other files were being read for 0\.1 s\. Try again"):
            read_file(path, SMALL)
        ((named, outcome),) = read_files([path], SMALL)
        assert (named, type(outcome)) == (path, BusyError)
    finally:
        for other in others:
            other.end()
    stand_in("exit 4")
    with pytest.raises(DocumentError, match="It took more than 256 MiB"):
        read_file(path, SMALL)


def test_files_come_back_in_the_order_given(tmp_path: Path) -> None:
    paths = [file_of(tmp_path, f"{number}.md", f"Text {number}.".encode()) for number in range(5)]
    paths.insert(2, tmp_path / "gone.md")
    outcomes = list(read_files(iter(paths), SMALL))
    assert [path for path, _ in outcomes] == paths
    assert isinstance(outcomes[2][1], DocumentError)
    texts = [outcome.text for _, outcome in outcomes if not isinstance(outcome, DocumentError)]
    assert texts == [f"Text {number}." for number in range(5)]


@pytest.mark.parametrize("reader", ["pdf", "html", "markdown", "word"])
def test_a_child_loads_neither_models_nor_the_index(reader: str) -> None:
    code = (
        f"import sys, assistant.reading.sandbox, assistant.reading.{reader}; "
        "print([name for name in ('torch', 'chromadb', 'tantivy', 'transformers', 'langchain', 'gradio', 'pydantic')"
        " if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_file_of_too_many_sentences_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.md"
    path.write_text("Rivers run. " * 5_000)
    limits = SMALL.model_copy(update={"max_sentences": 1_000})
    assert len(read_file(path, SMALL).text) > 50_000
    with pytest.raises(DocumentError, match=r"5,000 sentences.* at most 1,000 .*STEWARD_READING__MAX_SENTENCES"):
        read_file(path, limits)
