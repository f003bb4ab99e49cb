"""A tree of phrases, word by word: the longest that begins at a token is found by walking down."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from recovery.domain.reading.tags import Tags
from recovery.domain.reading.tokens import Token

Words = tuple[str, ...]
Node = dict[str, Any]
Keeps = Callable[[Words, Tags], bool]

_HERE = "\0"  # the key under which a node keeps its own tags
_STUCK = "\1"  # before a token that a phrase has without a space: "gr8"


def every(_words: Words, _tags: Tags) -> bool:
    """A tree that keeps all."""
    return True


def spell(row: Sequence[Token]) -> Words:
    """A phrase as the tree has it: its tokens without hyphens, a figure stuck to its word marked as such."""
    spelt = (_STUCK * _is_stuck(row, at) + token.text for at, token in enumerate(row))
    words = tuple(word for word in spelt if word != "-")
    return words if len(words) == len(row) or any(token.is_word for token in row) else ()


class Tree(dict[str, Node]):
    """The branch of each first word, grown when it is first met; an empty one where no phrase begins.

    `grown` gives the branch of one of the `firsts`.
    """

    def __init__(self, firsts: Container[str], grown: Callable[[str], Node]) -> None:
        super().__init__()
        self._firsts, self._grown = firsts, grown

    def __missing__(self, first: str) -> Node:
        if first not in self._firsts:
            return {}
        branch = self[first] = self._grown(first)
        return branch


def grow(phrases: Mapping[Words, Tags], keeps: Keeps = every) -> Node:
    """The branch of those of these phrases that it keeps; all begin with the same word."""
    branch: Node = {}
    for words, tags in phrases.items():
        if not keeps(words, tags):
            continue
        node = branch
        for word in words[1:]:
            node = node.setdefault(word, {})
        node[_HERE] = tags
    return branch


def grafted(branch: Node, phrases: Mapping[Words, Tags], keeps: Keeps = every) -> Node:
    """A branch with other tags for some of its phrases; every twig that stays is shared with the old one."""
    if not phrases:
        return branch
    root = dict(branch)
    for words, tags in phrases.items():
        node = root
        for word in words[1:]:
            twig = dict(node.get(word, ()))
            node[word] = twig
            node = twig
        node.pop(_HERE, None)
        if keeps(words, tags):
            node[_HERE] = tags
    return root


def longest(tree: Tree, row: Sequence[Token], at: int, until: int) -> tuple[int, Tags | None]:
    """How many tokens from `at` on, before `until`, make the longest phrase; its tags, if there is one."""
    first = row[at]
    node: Node | None = tree[first.text]
    if not node and first.spellings:
        node = _drawn_out(tree.__getitem__, first)
    best, tags, end = 1, None, at + 1
    while node:
        if _HERE in node:
            best, tags = end - at, node[_HERE]
            if len(node) == 1:
                break
        if end == until:
            break
        token = row[end]
        node = _next(node, row, end) if token.glued or token.spellings else node.get(token.text)
        end += 1
    return best, tags


def _next(node: Node, row: Sequence[Token], at: int) -> Node | None:
    """One token down the tree; "a1" is no "a 1"."""
    token = row[at]
    if _is_stuck(row, at) and _STUCK + token.text in node:
        stuck: Node = node[_STUCK + token.text]
        return stuck
    return node.get(token.text) or _hyphen(node, row, at) or _drawn_out(node.get, token)


def _is_stuck(row: Sequence[Token], at: int) -> bool:
    """Whether a figure and a word are one: "gr8", "2puis"."""
    return row[at].glued and at > 0 and (row[at].figure is not None or row[at - 1].figure is not None)


def _hyphen(node: Node, row: Sequence[Token], at: int) -> Node | None:
    """A hyphen inside a phrase ("cold-sore") is passed over."""
    token = row[at]
    if token.text == "-" and token.glued and at + 1 < len(row) and row[at + 1].glued:
        return {key: below for key, below in node.items() if key != _HERE}
    return None


def _drawn_out(below: Callable[[str], Node | None], token: Token) -> Node | None:
    """What is below one word down the tree, in the spelling that "sooo" stands for."""
    return next(filter(None, map(below, token.spellings)), None)
