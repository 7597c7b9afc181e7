"""The interpreter's end, while threads that nobody waits for are in callbacks; and interpreters that are not the main one."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE

# The callback waits without the interpreter, and is let go when the interpreter is ending.
PROGRAM = """
import builtins, os, threading, time, voicewire
from voicewire.sandbox import Sandbox

sandbox = Sandbox(pace=float("inf"), first_chunk_delay=0, processing_delay=0)
client, market = sandbox.client(), sandbox.respeecher_client()
speech = client.tts("Hello there.", "v", format="wav")
entered, (reader, writer) = threading.Event(), os.pipe()

class Late:
    def __del__(self):
        write(writer, b"!")
        sleep(0.2)

Late.__del__.__globals__.update(write=os.write, sleep=time.sleep)
builtins.late = Late()

def callback(*_):
    entered.set()
    os.read(reader, 1)

threading.Thread(target=lambda: {call}, daemon=True).start()
entered.wait()
"""

CALLS = {
    "speak": "client.speak('Hello there.', 'v', callback)",
    "upload": "market.create_recording(market.create_folder('F', market.create_project('P').id).id, speech, on_progress=callback)",
    "outbox": "outbox.send(client, on_report=callback)",
}
OUTBOX = """
outbox = voicewire.deepdub.Outbox({path!r})
outbox.report(client, speech, "there")
"""


@pytest.mark.parametrize("name", CALLS)
def test_a_program_ends_while_a_daemon_is_in_a_callback(tmp_path: Path, name: str) -> None:
    before, thread = PROGRAM.replace("{call}", CALLS[name]).split("\nthreading.Thread")
    outbox = OUTBOX.format(path=str(tmp_path / "outbox")) if name == "outbox" else ""
    program = tmp_path / "program.py"
    program.write_text(f"{before}\n{outbox}\nthreading.Thread{thread}")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")


def subinterpreters() -> Any:
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            return import_module(name)
        except ImportError:
            pass
    pytest.skip("no subinterpreters here")


@pytest.mark.skipif(os.name == "nt", reason="Windows' stable interface does not tell them apart")
def test_a_subinterpreter_is_refused_and_the_main_one_goes_on(tmp_path: Path) -> None:
    name = subinterpreters().__name__
    program = tmp_path / "program.py"
    program.write_text(f"""
import {name} as interpreters
try:
    other = interpreters.create("legacy")
except TypeError:
    other = interpreters.create(isolated=False)
run = getattr(interpreters, "exec", interpreters.run_string)
run(other, '''
try:
    import voicewire
except ImportError as error:
    assert "main interpreter" in str(error), error
else:
    raise AssertionError("it was imported")
''')
interpreters.destroy(other)

from voicewire.sandbox import Sandbox
with Sandbox() as sandbox, sandbox.client() as client, client.open_session() as session:
    assert len(client.tts("Hello.", "v")) and list(session.speak("Hello.", "v"))
""")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
