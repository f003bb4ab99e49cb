"""A web process that has just started, and a morning's replies all at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from recovery.domain.reading.dictionary import word_files
from recovery.domain.reading.dictionary.lexicon import Lexicon

TEXTS = 4


def test_texts_that_come_together_wait_for_one_reading_of_the_word_files() -> None:
    word_files._lexicon.cache_clear()
    together = Barrier(TEXTS)

    def words(_text: int) -> Lexicon:
        together.wait()
        return word_files.lexicon("en")

    with ThreadPoolExecutor(TEXTS) as threads:
        loaded = list(threads.map(words, range(TEXTS)))
    assert all(each is loaded[0] for each in loaded)
