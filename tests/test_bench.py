"""The benchmark runs and prints every table; how fast it found us is for people to judge, not for a test."""

import pytest

from bench import reading, replies, worklist


def test_the_benchmark_of_reading_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    reading.main(repeats=1)

    printed = [line.strip().split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    measured = [*replies.corpora(), "all", "all, at first sight", "tokens", "dangers", *replies.worst()]
    assert [name for name in measured if name not in printed] == []
    assert [f"{length:,}" for length in reading.LENGTHS if f"{length:,}" not in printed] == []


def test_the_texts_of_a_length_are_long_enough_and_differ() -> None:
    found = [reply for each in replies.corpora().values() for reply in each]

    for make in (replies.joined, replies.muddled):
        texts = [reply.text for reply in make(found, 200, 2000)]
        assert [len(text) for text in texts] == [200] * 10
        assert len(set(texts)) == 10
    assert {len(reply.text) for reply in replies.worst().values()} == {1600}


def test_the_benchmark_of_the_list_prints_its_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    worklist.main(cases=30, repeats=1)

    printed = capsys.readouterr().out
    assert [name for name in (*worklist.PAGES, "no news") if name not in printed] == []
    assert "nan" not in printed, "a page that did not come is no measure"
