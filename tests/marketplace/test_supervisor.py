"""The supervisor, with small programs that are real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.embedded.account import RunAs
from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import CHECKOUT
from marketplace.supervisor import NotReady, Program, Supervisor

FOREVER = "import time; time.sleep(600)"
SAYS_WHEN_IT_ENDS = textwrap.dedent("""
    import signal, sys, time
    from pathlib import Path
    name, started, diary = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    def end(*_):
        with diary.open("a") as file:
            file.write(name + " ")
        sys.exit()
    signal.signal(signal.SIGTERM, end)
    started.touch()
    time.sleep(600)
""")


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def make_supervisor(folder: Path, said: list[str]) -> Supervisor:
    return Supervisor(environment=os.environ, run_as=RunAs(), directory=folder, logs=folder, say=said.append)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # the latter where it ends between opening and reading
        return False
    return state != "Z"


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def watch_until(supervisor: Supervisor, done: Callable[[], bool]) -> None:
    """Let the supervisor watch until something is true, then send it the signal that ends it."""
    supervisor.listen()

    def interrupt() -> None:
        wait_until(done, seconds=120)
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=interrupt)
    before = signal.getsignal(signal.SIGTERM)
    watcher.start()
    try:
        supervisor.watch()
    finally:
        watcher.join()
        signal.signal(signal.SIGTERM, before)


@pytest.fixture
def own_signals() -> object:
    """Give pytest its signal handlers back."""
    before = {how: signal.getsignal(how) for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for how, handler in before.items():
        signal.signal(how, handler)


pytestmark = pytest.mark.usefixtures("own_signals")


def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = make_supervisor(tmp_path, said)
    program = Program("sleeper", python(FOREVER))
    supervisor.start(program)
    assert program.process
    first = program.process.pid
    os.kill(first, signal.SIGKILL)

    watch_until(supervisor, lambda: bool(program.process and program.process.pid != first))

    assert said == ["sleeper ended (signal 9); starting it again in 1 s."]
    assert program.process.poll() is None
    supervisor.stop()
    assert program.process.poll() is not None


def test_a_program_that_keeps_dying_is_started_less_and_less_often(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = make_supervisor(tmp_path, said)
    program = Program("flop", python("import sys; sys.exit(3)"))
    supervisor.stages.append([program])

    watch_until(supervisor, lambda: len(said) >= 3)

    assert said[:3] == [f"flop ended (exit 3); starting it again in {seconds} s." for seconds in (1, 2, 4)]
    supervisor.stop()


def test_programs_end_in_reverse_order_with_all_their_children(tmp_path: Path) -> None:
    supervisor = make_supervisor(tmp_path, [])
    diary = tmp_path / "diary"
    for name in ("first", "second"):
        started = tmp_path / name
        command = python(SAYS_WHEN_IT_ENDS, name, started, diary)
        supervisor.start(Program(name, command, ready=started.exists, patience=120, grace=120))
    family = python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {FOREVER!r}])")
    supervisor.start(Program("family", family, grace=0.2))
    groups = [program.process.pid for program in supervisor.programs if program.process]

    supervisor.stop()

    assert diary.read_text().split() == ["second", "first"]
    assert wait_until(lambda: not any(map(group_exists, groups)), seconds=120)


def test_what_does_not_become_ready_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"broken ended \(exit 1\)[^$]*no such luck"):
        make_supervisor(tmp_path, []).start(
            Program("broken", python("raise SystemExit('no such luck')"), ready=lambda: False)
        )
    supervisor = make_supervisor(tmp_path, [])
    with pytest.raises(NotReady, match=r"slow was not ready after 0 s"):
        supervisor.start(Program("slow", python(FOREVER), ready=lambda: False, patience=0.3))
    supervisor.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tell children")
def test_programs_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from marketplace.supervisor import Program, Supervisor
        folder = Path({str(tmp_path)!r})
        supervisor = Supervisor(environment=os.environ, run_as={{}}, directory=folder, logs=folder, say=print)
        supervisor.start(Program("sleeper", {python(FOREVER)!r}))
        (folder / "half").write_text(str(supervisor.programs[0].process.pid))
        (folder / "half").rename(folder / "pid")
        supervisor.watch()
    """)
    with subprocess.Popen(python(code), cwd=CHECKOUT) as process:
        try:
            assert wait_until((tmp_path / "pid").exists, seconds=120)
            pid = int((tmp_path / "pid").read_text())
            assert alive(pid)
        finally:
            process.kill()

    assert wait_until(lambda: not alive(pid), seconds=120)
