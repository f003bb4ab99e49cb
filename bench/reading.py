"""How many replies a second one core reads, where the time goes, and how it grows with length.

One of the measures of `make bench`; `python -m bench.reading` prints where the time goes as well.
What its columns mean stands in docs/benchmarks.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from bench import replies
from bench.measure import Measure, Result, figure
from bench.replies import Reply
from bench.timing import Timing, best, progress
from bench.world import World
from recovery.domain.reading.dangers.dangers import dangers
from recovery.domain.reading.dictionary.lexicon import Lexicon
from recovery.domain.reading.dictionary.word_files import build, entries, lexicon
from recovery.domain.reading.phrases.numbers import with_scores
from recovery.domain.reading.phrases.phrase import meanings_of, phrases
from recovery.domain.reading.read import read_with
from recovery.domain.reading.scopes.clauses import scopes
from recovery.domain.reading.scopes.text import Text, take_apart
from recovery.domain.reading.scopes.together import together
from recovery.domain.reading.scores.scoring import score
from recovery.domain.reading.spelling.normalise import LIMIT
from recovery.domain.vocabulary import Score

REPEATS = 7
LENGTHS = (50, 100, 200, 400, 800, LIMIT)
_ENDS = (LENGTHS[0], LENGTHS[-1])
_CHARACTERS = 6 * LIMIT  # in the texts of each length
_GOES = 5  # of a round, at the two lengths that are compared
_SHORT = LIMIT // 4  # characters: what a worst text is compared with
_US = 1e6  # microseconds in a second


def take(world: World) -> Result:
    """The speed over all labelled replies, and what a character costs in the longest texts."""
    everything = [reply for each in replies.corpora().values() for reply in each]
    everything = everything[: world.count(len(everything))]
    _read_all(everything)  # the first text of all waits for the words to be loaded
    speeds, growth = [], []
    for number in range(world.rounds):
        progress(f"reading: round {number + 1} of {world.rounds}")
        speeds.append(1 / _each(everything, 1).seconds)
        texts = [replies.joined(everything, length, world.count(_CHARACTERS)) for length in _ENDS]
        short, long = (_each(found, world.count(_GOES)) for found in texts)
        growth.append(long.turns / LENGTHS[-1] / (short.turns / LENGTHS[0]))
    return Result(
        [
            figure("replies a second on one core", speeds, goal=5_000, at_least=True),
            figure(f"a character at {LIMIT:,} against one at {LENGTHS[0]}", growth, goal=1.2),
        ],
        "`python -m bench.reading` shows where the time goes.",
    )


def main(repeats: int = REPEATS, most: int | None = None) -> None:
    """Measure, and print every table; with `most` over so many texts of each corpus only."""
    corpora = {name: found[:most] for name, found in replies.corpora().items()}
    everything = [reply for each in corpora.values() for reply in each]
    _read_all(everything)  # the first text of all waits for the words to be loaded
    _print_speed(corpora, repeats)
    _print_steps(everything, repeats)
    _print_growth(everything, repeats)
    _print_worst(repeats)
    progress("")


def _print_speed(corpora: Mapping[str, Sequence[Reply]], repeats: int) -> None:
    everything = [reply for each in corpora.values() for reply in each]
    print(f"Replies read on one core: our labelled replies, each text once a go, best of {repeats}\n")
    print(f"{'':<22}{'texts':>7}{'characters':>12}{'a second':>10}{'µs each':>9}{'turns each':>12}")
    for name, found in [*corpora.items(), ("all", everything)]:
        progress(f"speed: {name}")
        _print_speed_of(name, found, _each(found, repeats))
    progress("speed: all, at first sight")
    fresh = iter([build(entries(), "en") for _ in range(repeats)])
    time = best(lambda: _read_all(everything, next(fresh)), repeats)
    _print_speed_of("all, at first sight", everything, time.each(len(everything)))


def _print_speed_of(name: str, found: Sequence[Reply], each: Timing) -> None:
    length = sum(len(reply.text) for reply in found) / len(found)
    speed = f"{1 / each.seconds:>10,.0f}{each.seconds * _US:>9.0f}{each.turns:>12,.0f}"
    print(f"{name:<22}{len(found):>7,}{length:>12.0f}{speed}")


def _print_steps(found: Sequence[Reply], repeats: int) -> None:
    print("\nShare of the time by step\n")
    progress("steps: all of them")
    whole = best(partial(_read_all, found), repeats).turns
    shares = {}
    for name, step in _steps(found).items():
        progress(f"steps: {name}")
        shares[name] = best(step, repeats).turns / whole
    shares["intent, and the rest"] = 1.0 - shares["taken apart"] - shares["scores"] - shares["dangers"]
    for name, share in shares.items():
        print(f"{name:<22}{share:>7.0%}")


def _steps(found: Sequence[Reply]) -> dict[str, Callable[[], object]]:
    """Each step alone, on what the steps before it gave; the indented ones are parts of "taken apart"."""
    words = [lexicon(reply.lang) for reply in found]
    rows = [each.tokens(reply.text) for each, reply in zip(words, found, strict=True)]
    taken = [_taken_apart(reply) for reply in found]
    parts = [phrases(row, each) for each, row in zip(words, rows, strict=True)]
    heard = [(part, meanings_of(part)) for part in parts]
    scored = [score(text) for text in taken]
    return {
        "taken apart": lambda: [_taken_apart(reply) for reply in found],
        "  tokens": lambda: [each.tokens(reply.text) for each, reply in zip(words, found, strict=True)],
        "  phrases": lambda: [phrases(row, each) for each, row in zip(words, rows, strict=True)],
        "  numbers": lambda: [with_scores(row, meanings) for row, meanings in heard],
        "  scopes": lambda: [scopes(text.row, text.meanings) for text in taken],
        "  meant together": lambda: [
            together(each.row, each.place, each.meanings, each.words) for each in taken
        ],
        "scores": lambda: [score(text) for text in taken],
        "dangers": lambda: [dangers(text, each.other()) for text, each in zip(taken, scored, strict=True)],
    }


def _taken_apart(reply: Reply) -> Text:
    previous = {name: Score.exact(value) for name, value in (reply.previous or {}).items()}
    return take_apart(reply.text, reply.asked, previous, lexicon(reply.lang))


def _print_growth(found: Sequence[Reply], repeats: int) -> None:
    print("\nTime for a character, as a ratio to the shortest texts' (1 or less: linear)\n")
    print(f"{'characters':<22}{'whole replies':>15}{'a second':>10}{'words in any order':>20}")
    first: list[float] = []
    for length in LENGTHS:
        progress(f"growth: {length} characters")
        whole, muddled = (
            _each(make(found, length, _CHARACTERS), repeats) for make in (replies.joined, replies.muddled)
        )
        each = [whole.turns / length, muddled.turns / length]
        first = first or each
        ratios = [own / start for own, start in zip(each, first, strict=True)]
        print(f"{length:<22,}{ratios[0]:>15.2f}{1 / whole.seconds:>10,.0f}{ratios[1]:>20.2f}")


def _print_worst(repeats: int) -> None:
    print(
        f"\nWorst texts: {LIMIT:,} characters of one thing; how many times as long as {_SHORT} (4: linear)\n"
    )
    print(f"{'':<34}{'ms each':>9}{'turns each':>12}{'times':>8}")
    short, long = replies.worst(_SHORT), replies.worst()
    for name in long:
        progress(f"worst: {name}")
        _print_worst_of(name, *(_each([texts[name]], repeats) for texts in (short, long)))
    progress("worst: words in no list")
    strange = [replies.strange(length) for length in (_SHORT, LIMIT)]
    _print_worst_of("words in no list", *(best(partial(_read_next, texts), repeats) for texts in strange))


def _print_worst_of(name: str, short: Timing, long: Timing) -> None:
    print(f"{name:<34}{long.seconds * 1e3:>9.1f}{long.turns:>12,.0f}{long.turns / short.turns:>8.1f}")


def _each(found: Sequence[Reply], repeats: int) -> Timing:
    """The time of one text among several of a kind."""
    return best(partial(_read_all, found), repeats).each(len(found))


def _read_next(texts: Iterator[Reply]) -> None:
    _read_all([next(texts)])


def _read_all(found: Sequence[Reply], words: Lexicon | None = None) -> None:
    for reply in found:
        read_with(words or lexicon(reply.lang), reply.text, asked=reply.asked, previous=reply.previous)


MEASURE = Measure(
    "reading", "reading replies", "itself, by length", "5,000 a second on one core, linear", take
)


if __name__ == "__main__":
    main()
