"""The report of all benchmarks, over small ones written for this: what fails, hangs or is missing stops no other."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import all as every
from benchmarks import latency

GOOD = 'import sys\nprint("recall 1.000, target .99")\nif __name__ == "__main__":\n    print(sys.argv[1:])\n'
FAILING = 'if __name__ == "__main__":\n    print("half of it")\n    raise FileNotFoundError("xquad/ is missing")\n'
HANGING = 'import time\nif __name__ == "__main__":\n    print("begun")\n    time.sleep(60)\n'
PART = "VALUE = 1\n"

RETRIEVAL = """XQuAD hit@5           same, target .99            across, target .93
BM25 of stems     en  0.984 (0.987 / 0.982)       0.420 (0.413 / 0.427)
BM25 of stems     es  0.986 (0.985 / 0.987)       0.376 (0.363 / 0.388)
the product       en  0.993 (0.995 / 0.992)       0.976 (0.975 / 0.976)
the product       es  0.992 (0.992 / 0.992)       0.967 (0.973 / 0.961)
the product           mean                        0.964, target 0.96
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "benchmarks"
    here.mkdir()
    monkeypatch.setattr(every, "HERE", here)
    monkeypatch.setattr(every, "OUT", here / "out")
    monkeypatch.setattr(every, "KEPT", here / "out" / "kept")
    for name, code in (("good", GOOD), ("broken", FAILING), ("part", PART), ("schedule", GOOD), ("retrieval", GOOD)):
        (here / f"{name}.py").write_text(code, encoding="utf-8")
    return here


def run_all(monkeypatch: pytest.MonkeyPatch, data: Path, *options: str) -> None:
    monkeypatch.setattr(sys, "argv", ["all", "--data", str(data), *options])
    every.main()


@pytest.mark.usefixtures("folder")
def test_slow_ones_and_modules_that_are_no_benchmarks_are_left_out() -> None:
    assert every.names(slow=False, only=()) == ["retrieval", "broken", "good"]
    assert every.names(slow=True, only=()) == ["retrieval", "broken", "good", "schedule"]
    assert every.names(slow=False, only=("schedule", "good")) == ["good", "schedule"]


def test_one_that_fails_stops_no_other_and_is_named_at_the_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="Failed: broken"):
        run_all(monkeypatch, folder)
    report = (folder / "out" / "report.md").read_text(encoding="utf-8")
    assert "`benchmarks.broken`: it failed (FileNotFoundError: xquad/ is missing)" in report
    assert "half of it" in report
    assert report.index("Not everything ran") < report.index("## good")
    assert "recall 1.000, target .99" in report


def test_what_was_printed_before_time_ran_out_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "hanging.py").write_text(HANGING, encoding="utf-8")
    (folder / "out").mkdir()
    monkeypatch.setattr(every, "LONGEST", 3)
    outcome = every.run("hanging", folder)
    assert outcome.printed == "begun\n"
    assert outcome.fault == "it took longer than 3 seconds"


def test_each_is_given_the_data_and_where_to_keep_what_it_makes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_all(monkeypatch, folder, "--only", "retrieval")
    assert f"['--data', '{folder}', '--keep', '{folder}/out/kept/retrieval']" in capsys.readouterr().out


def test_the_figures_of_each_ranking_are_read_from_its_table() -> None:
    assert every.retrieval_figures(RETRIEVAL) == {
        "BM25 of stems": [("en", 0.984, 0.420), ("es", 0.986, 0.376)],
        "the product": [("en", 0.993, 0.976), ("es", 0.992, 0.967)],
    }


def test_the_latencies_that_are_printed_can_be_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    times = {way: np.full((20, 2), 0.001 * n) for n, way in enumerate(latency.WAYS, start=1)}
    latency.print_size(10_000, times)
    printed = capsys.readouterr().out
    assert every.latency_figures(printed) == [(10_000, [1.0, 2.0, 3.0, 4.0])]
    assert "ask/stock 1.50 (target 1.5)" in printed


def test_the_plot_is_drawn_of_what_there_is(tmp_path: Path) -> None:
    picture = tmp_path / "report.png"
    assert not every.draw([every.Outcome("good", "nothing", 1.0)], picture)
    assert every.draw([every.Outcome("retrieval", RETRIEVAL, 1.0)], picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
