#!/usr/bin/env python3
"""Records `neovim.svg`: a user completes a field, runs the test, breaks it and runs it again, in a real Neovim.

    cargo build && python3 docs/images/record.py NVIM

NVIM is Neovim 0.11 or newer; tmux holds the screen. Port 4770 has to be free.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from terminal_svg import svg

ROOT = Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 84, 31


def main():
    nvim = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shutil.copytree(ROOT / "examples/basic-examples/real-time-chat", folder / "chat")
        environment = {
            **os.environ,
            **{f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
            "PATH": f"{ROOT / 'target/debug'}:{os.environ['PATH']}",
            "GCTF_TEST_PLUGIN": str(ROOT / "editors/neovim"),
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
        }
        config = folder / "init.lua"
        config.write_text(
            f"vim.cmd.source('{ROOT}/tests/editors/neovim/init.lua')\n"
            "vim.o.termguicolors, vim.o.signcolumn, vim.o.laststatus, vim.o.ruler = true, 'yes', 0, false\n"
            "vim.o.shortmess = vim.o.shortmess .. 'F'\n"
            "vim.api.nvim_set_hl(0, 'LspCodeLens', { link = 'DiagnosticInfo' })\n"
            "require('gctf.parser').install()\n"
        )
        mock = subprocess.Popen(["gctf", "mock"], cwd=folder / "chat", env=environment, stdout=subprocess.PIPE, text=True)
        mock.stdout.readline()
        tmux = ["tmux", "-L", f"record{os.getpid()}", "-f", "/dev/null"]
        try:
            start = [*tmux, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), str(nvim), "-n", "-i", "NONE", "-u", str(config)]
            subprocess.run([*start, "tests/send_message.gctf"], cwd=folder / "chat", env=environment, check=True)
            for option in (["-g", "status", "off"], ["-s", "escape-time", "0"], ["-as", "terminal-features", ",*:RGB:usstyle"]):
                subprocess.run([*tmux, "set", *option], check=True)
            frames = play(tmux)
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)
            mock.terminate()
            mock.wait()
    picture = svg(frames, COLUMNS, ROWS, "A gctf test in Neovim: a field is completed, the test is run, passes, is broken and fails on its line")
    (ROOT / "docs/images/neovim.svg").write_text(picture)


def play(tmux):
    """The screens of the story with the seconds that each stays."""

    def keys(*typed):
        subprocess.run([*tmux, "send-keys", *typed], check=True)

    def capture(*options):
        return subprocess.run([*tmux, "capture-pane", "-p", *options], check=True, capture_output=True, text=True).stdout

    def until(text):
        end = time.monotonic() + 60
        while text not in capture():
            if time.monotonic() > end:
                raise SystemExit(f"no {text!r} on the screen:\n{capture()}")
            time.sleep(0.05)
        # What is drawn together with it.
        time.sleep(0.4)

    frames = []

    def frame(seconds):
        frames.append((capture("-e", "-N"), seconds))

    until("▶ Run")
    keys(":12d", "Enter", "11G$x:echo", "Enter")
    time.sleep(0.5)
    frame(1.5)
    keys("A,", "Enter", '"')
    until("encrypted Field")
    frame(1.6)
    keys("C-n", "C-y")
    until('"timestamp": ""')
    keys("-l", "2024-01-01T12:00:00Z")
    until("T12:00:00Z")
    frame(1.2)
    keys("Escape", "4G", "grx")
    until("✓")
    frame(2)
    keys("22G$ci\"")
    keys("-l", "received")
    keys("Escape")
    until("stale")
    frame(1.5)
    keys("4G", "grx")
    until("got \"sent\"")
    frame(3.5)
    return frames


if __name__ == "__main__":
    main()
