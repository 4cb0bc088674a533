"""What reaches a screen: results and documents on standard output, the rest beside it, and nothing that drives it."""

from __future__ import annotations

import json
from io import StringIO

from rich.console import Console

from api.console import Screen, clean
from api.progress import Progress, figure, percentage
from solver.outcome import Progress as LevelEvent


def test_control_characters_are_shown_and_not_obeyed():
    """Escape codes, carriage returns and direction overrides become a visible stand-in; text and lines stay."""
    assert clean("a\x1b[2Jb\rc\u202ed") == "a\ufffd[2Jb\ufffdc\ufffdd"
    assert clean("Siân O'Neill\n\t5 km") == "Siân O'Neill\n\t5 km"


def test_with_json_the_document_is_alone_on_standard_output(capsys):
    """With json, text and tables for people go nowhere near standard output."""
    screen = Screen.open(json=True)
    screen.say("hello")
    screen.table("", ("a",), [("1",)])
    screen.document({"ok": True})
    screen.tell("beside")
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"ok": True}
    assert captured.err == "beside\n"


def test_without_json_there_is_no_document(capsys):
    """For people there is text, not wrapped in a pipe however long, and no document."""
    screen = Screen.open(json=False)
    screen.document({"ok": True})
    screen.say("word " * 100)
    assert capsys.readouterr().out == "word " * 100 + "\n"


def test_progress_in_a_pipe_is_a_few_plain_lines(capsys):
    """Each level is told once when it begins and once as it ended, and the last one when the run ends."""
    with Progress(Screen.open(json=False)) as progress:
        for value in (1, 2, 3):
            progress(LevelEvent("guarantee", value, 5, 0.5))
        progress(LevelEvent("reach", 7, None, 1.0))
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "guarantee: value 1, bound 5, gap 400.000%, at 0.5 s",
        "guarantee: value 3, bound 5, gap 66.667%, at 0.5 s",
        "reach: value 7, at 1.0 s",
    ]


def test_figures_for_people():
    """Thousands are set apart, a closed gap is 0, and what is not known is blank."""
    assert (figure(1234567), figure(None)) == ("1,234,567", "")
    assert (percentage(0.0), percentage(0.00042), percentage(None)) == ("0", "0.042%", "")


def test_progress_on_a_terminal_is_a_live_table():
    """On a terminal the step and a row for each level are drawn, a level's name is text and not markup."""
    terminal = Console(file=StringIO(), force_terminal=True, width=80)
    with Progress(Screen(terminal, terminal)) as progress:
        progress.stage("Solving")
        progress(LevelEvent("[bold]reach", 1200, 1300, 2.0))
    drawn = terminal.file.getvalue()
    for word in ("Solving ...", "level", "[bold]reach", "1,200", "1,300", "8.333%", "2.0 s"):
        assert word in drawn
