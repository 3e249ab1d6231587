"""A child process for work on one file that others wrote: what goes wrong costs one line and nothing else.

The parent starts ``python -m MODULE`` and names files to it, one at a time. The child opens none of them: for each it
forks a process that limits itself, works, and leaves bytes (or one line that says why not) in a folder that the parent
clears away. What it leaves is checked, never executed. So a second file need not wait for Python to start again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant.deadlines import not_counted
from assistant.errors import DocumentError

try:
    import resource
except ImportError:  # Windows: the time limit alone holds
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings

Made = TypeVar("Made")

GIVEN = "given"
"""Name of the file beside the result that holds what the task gives the child."""
_REFUSED, _OUT_OF_MEMORY = 3, 4
"""Exit codes of a child whose result is one line, and of one whose memory ran out."""
MOST_CHILDREN = 2
"""How many run at once in this process, whoever started them: each may take the memory that the settings allow."""
WAIT_S = 60.0
"""How long a file waits for others to be done."""
Process = subprocess.Popen[bytes]
_places = threading.BoundedSemaphore(MOST_CHILDREN)
_GRACE_S = 5.0
"""What a child may take longer than its limit before it ends itself, should its parent be gone."""
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "HOME", "COVERAGE_PROCESS_START")
_SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""Every thread reserves address space, which would count against the memory limit."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a child does with a file."""

    module: str
    """Run as a program; its arguments are the file, the result, MiB, seconds, and ``arguments``."""
    arguments: tuple[str, ...]
    most_bytes: int
    """Largest result that is written and taken back."""
    too_large: str
    """What is said of a larger one."""
    given: bytes = b""
    """Lies beside the result, under the name ``given``."""


class BusyError(DocumentError):
    """A file that was not read, because others took all the time that it could wait."""


class Child:
    """A child process at work on one file; one whose file cannot even be opened was never started.

    No more than `MOST_CHILDREN` work at once: another waits up to ``wait_s`` seconds for one to `end`. A process of the
    same module that is ``idle`` is used again, and is so once more at the end if it still works; `stop` ends it.

    Raises:
        BusyError: none ended.
    """

    def __init__(
        self,
        path: Path,
        limits: ReadingSettings,
        task: Task,
        wait_s: float = WAIT_S,
        idle: list[Process] | None = None,
    ) -> None:
        self.path = path
        self._limits = limits
        self._task = task
        self._idle = idle
        self._process: Process | None = None
        self._is_done = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._refusal = _refusal(path, limits)
        self._has_place = self._refusal is None and _places.acquire(timeout=wait_s)
        if self._refusal is None and not self._has_place:
            raise BusyError(f"{path}: Other files were being read for {wait_s:g} s. Try again in a minute.")
        if self._has_place:
            try:
                self._start()
            except BaseException:
                self.end()
                raise

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="steward-reading-")
        self._result = Path(self._folder.name, "result")
        self._errors = Path(self._folder.name, "errors")
        Path(self._folder.name, GIVEN).write_bytes(self._task.given)
        self._errors.touch()
        limits, task = self._limits, self._task
        named = [os.fspath(self.path), str(self._result), str(limits.memory_mb), str(limits.seconds), *task.arguments]
        self._process = process = self._idle.pop() if self._idle else _new_process(task.module, self._errors)
        self._deadline = time.monotonic() + limits.seconds
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended already: its exit code says why
            process.stdin.write(json.dumps(named).encode() + b"\n")

    def result(self, take: Callable[[bytes], Made]) -> Made:
        """Wait for what the child leaves, as ``take`` reads and checks it.

        Raises:
            DocumentError: there is none; the message is one line that begins with the path.
        """
        if self._refusal is not None or self._process is None:
            raise DocumentError(f"{self.path}: {self._refusal}")
        try:
            with not_counted():
                code = self._exit_code(self._process)
        except subprocess.TimeoutExpired:
            raise DocumentError(f"{self.path}: {self._took_too_long()}") from None
        if code != 0:
            raise DocumentError(f"{self.path}: {self._failure(code)}")
        try:
            return take(self._bytes())
        except DocumentError as error:
            raise DocumentError(f"{self.path}: {error}") from error
        except OSError as error:
            raise DocumentError(f"{self.path}: Its reader left no document ({error}). Try again.") from error

    def _exit_code(self, process: Process) -> int:
        """Return how the work on the file ended, or the process itself."""
        assert process.stdout is not None
        answer = select.poll()
        answer.register(process.stdout)
        if not answer.poll(1000 * max(self._deadline - time.monotonic(), 0.1)):
            raise subprocess.TimeoutExpired(process.args, self._limits.seconds)
        if line := process.stdout.readline():
            self._is_done = True
            return int(line)
        return process.wait(max(self._deadline - time.monotonic(), 0.1))

    def _bytes(self) -> bytes:
        if self._result.stat().st_size > self._task.most_bytes:
            raise DocumentError(self._task.too_large)
        return self._result.read_bytes()

    def end(self) -> None:
        """End the work and all that it started, and clear away what it wrote."""
        if self._process is not None:
            if self._is_done and self._idle is not None:
                self._idle.append(self._process)
            else:
                stop(self._process)
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
        if self._has_place:
            self._has_place = False
            _places.release()

    def _failure(self, code: int) -> str:
        if code == _REFUSED:
            return " ".join(self._result.read_text("utf-8", "replace")[:2000].split())
        if code == _OUT_OF_MEMORY:
            return self._took_too_much()
        if code < 0:
            name = signal.Signals(-code).name if -code in list(signal.Signals) else str(-code)
            if name in ("SIGXCPU", "SIGALRM"):
                return self._took_too_long()
            if name == "SIGKILL":
                return f"{self._took_too_much()} It was ended from outside."
            return (
                f"It crashed its reader ({name}), for want of memory or because it is damaged. "
                "Save it again, or raise STEWARD_READING__MEMORY_MB."
            )
        lines = self._errors.read_text("utf-8", "replace")[-5000:].strip().splitlines() or ["no message"]
        if any(trace in lines[-1] for trace in ("MemoryError", "bad_alloc")):
            return self._took_too_much()
        return f"Its reader failed ({lines[-1][:300]}). Save it again, and please report this file."

    def _took_too_long(self) -> str:
        return f"It took more than {self._limits.seconds:g} s to read. Raise STEWARD_READING__SECONDS, or leave it out."

    def _took_too_much(self) -> str:
        limit = self._limits.memory_mb
        return f"It took more than {limit} MiB to read. Raise STEWARD_READING__MEMORY_MB, or leave it out."


def _refusal(path: Path, limits: ReadingSettings) -> str | None:
    """Why a file needs no child; None when it is worth starting one."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return "There is no such file. Check its name, or fetch it with `steward fetch`."
    except (OSError, ValueError) as error:
        return f"It cannot be opened ({error}). Check its name and your rights to it."
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device may never end
        return "It is no ordinary file. Name a file."
    if status.st_size == 0:
        return "It is empty. Fetch or save it again."
    size_mb = status.st_size / 2**20
    if size_mb > limits.max_file_mb:
        return (
            f"It has {size_mb:.1f} MiB, more than {limits.max_file_mb:g}. "
            "Raise STEWARD_READING__MAX_FILE_MB, or leave it out."
        )
    return None


def _environment() -> dict[str, str]:
    """Only what Python needs: keys and passwords in the environment are no business of a file's reader."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    home = str(Path(__file__).resolve().parents[2])  # works from a checkout that is not installed, too
    return {**kept, **_SINGLE_THREADED, "PYTHONPATH": home, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _new_process(module: str, errors: Path) -> Process:
    with errors.open("wb") as file:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", module],
            bufsize=0,
            stdin=subprocess.PIPE,  # closes with this process, however it ends, and takes the child along
            stdout=subprocess.PIPE,
            stderr=file,
            env=_environment(),
            start_new_session=True,
        )


def stop(process: Process) -> None:
    """End a child process and all that it started."""
    with process:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


# The rest runs in the child.


def serve(main: Callable[[Sequence[str]], int], prepare: Callable[[str], None] = lambda path: None) -> None:
    """Work on the files that the parent names, each in a process of its own, and answer with its exit code.

    Args:
        main: given the arguments, works on one file; returns the exit code.
        prepare: given the path, imports what reading it probably takes, so that the next process has it already.
    """
    for line in sys.stdin.buffer:
        arguments = json.loads(line)
        prepare(arguments[0])
        if (pid := os.fork()) == 0:
            os._exit(_work(main, arguments))
        _, status = os.waitpid(pid, 0)
        os.write(sys.stdout.fileno(), b"%d\n" % os.waitstatus_to_exitcode(status))


def _work(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    errors = os.open(Path(arguments[1]).with_name("errors"), os.O_WRONLY | os.O_TRUNC)
    for output in (sys.stdout, sys.stderr):  # what a file makes its reader print is no answer
        os.dup2(errors, output.fileno())
    try:
        return main(arguments)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def run(
    arguments: Sequence[str],
    load: Callable[[bytes], None],
    work: Callable[[bytes], bytes],
    most_bytes: int,
    too_large: str,
) -> int:
    """Work on one file in this process; returns the exit code.

    Args:
        arguments: path, result, MiB, seconds.
        load: given the file's bytes, imports the libraries: what they take at rest is not the file's doing.
        work: given the file's bytes, makes the result.
        most_bytes: see `Task`, as for ``too_large``.
    """
    path, result = Path(arguments[0]), Path(arguments[1])
    memory_mb, seconds = int(arguments[2]), float(arguments[3])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_time(seconds)
    try:
        data = path.read_bytes()
        load(data)
        _limit_size(memory_mb, most_bytes)
        result.write_bytes(work(data))
    except DocumentError as error:
        result.write_text(str(error), "utf-8")
        return _REFUSED
    except OSError as error:
        if error.errno == errno.EFBIG:
            result.write_text(too_large, "utf-8")
            return _REFUSED
        result.write_text(f"It cannot be read ({error}). Check the file and the disk.", "utf-8")
        return _REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


def _end_with_parent() -> None:
    # Not by reading: what comes next is for the process that forked this one.
    parent = select.poll()
    parent.register(0, 0)
    parent.poll()
    os._exit(1)


def _limit_time(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_S)
    if resource is not None:
        _lower(resource.RLIMIT_CPU, int(seconds + _GRACE_S) + 1, grace=2)


def _limit_size(memory_mb: int, result_bytes: int) -> None:
    if resource is None:
        return
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, result_bytes)
    _lower(resource.RLIMIT_AS, _address_space() + memory_mb * 2**20)


def _address_space() -> int:
    """Bytes of address space that this process holds; a guess where the system does not say."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    return 512 * 2**20


def _lower(limit: int, value: int, grace: int = 0) -> None:
    """Set a limit that this process cannot raise again; a signal comes at ``value``, the end ``grace`` later."""
    # Some systems refuse some limits; the time limit of the parent holds in any case.
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(limit)
        most = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
        resource.setrlimit(limit, (min(value, most), most))
