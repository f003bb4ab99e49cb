"""A tree of phrases, word by word: the longest that begins at a token is found by walking down."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from recovery.domain.reading.tags import Tags
from recovery.domain.reading.tokens import Token

Words = tuple[str, ...]
Node = dict[str, Any]
Keeps = Callable[[Words, Tags], bool]

_HERE = "\0"  # the key under which a node keeps its own tags
_STUCK = "\1"  # before a token that a phrase has without a space: "gr8"


def _every(_words: Words, _tags: Tags) -> bool:
    return True


def spell(row: Sequence[Token]) -> Words:
    """A phrase as the tree has it: its tokens without hyphens, a figure stuck to its word marked as such."""
    spelt = (_STUCK * _is_stuck(row, at) + token.text for at, token in enumerate(row))
    words = tuple(word for word in spelt if word != "-")
    return words if len(words) == len(row) or any(token.is_word for token in row) else ()


def grow(phrases: Mapping[Words, Tags], keeps: Keeps = _every) -> Node:
    """The tree of those of these phrases that it keeps."""
    root: Node = {}
    for words, tags in phrases.items():
        if not keeps(words, tags):
            continue
        node = root
        for word in words:
            node = node.setdefault(word, {})
        node[_HERE] = tags
    return root


def grafted(tree: Node, phrases: Mapping[Words, Tags], keeps: Keeps = _every) -> Node:
    """A tree with other tags for some of its phrases; every branch that stays is shared with the old one."""
    root = dict(tree)
    for words, tags in phrases.items():
        node = root
        for word in words:
            branch = dict(node.get(word, ()))
            node[word] = branch
            node = branch
        node.pop(_HERE, None)
        if keeps(words, tags):
            node[_HERE] = tags
    return root


def longest(tree: Node, row: Sequence[Token], at: int, until: int) -> tuple[int, Tags | None]:
    """How many tokens from `at` on, before `until`, make the longest phrase; its tags, if there is one."""
    node = tree.get(row[at].text) or _drawn_out(tree, row[at])
    best, tags, end = 1, None, at + 1
    while node:
        if _HERE in node:
            best, tags = end - at, node[_HERE]
            if len(node) == 1:
                break
        if end == until:
            break
        token = row[end]
        is_simple = not (token.glued or token.spellings)
        node = node.get(token.text) if is_simple else _next(node, row, end)
        end += 1
    return best, tags


def _next(node: Node, row: Sequence[Token], at: int) -> Node | None:
    """One token down the tree; "a1" is no "a 1"."""
    token = row[at]
    if _is_stuck(row, at) and _STUCK + token.text in node:
        stuck: Node = node[_STUCK + token.text]
        return stuck
    return node.get(token.text) or _hyphen(node, row, at) or _drawn_out(node, token)


def _is_stuck(row: Sequence[Token], at: int) -> bool:
    """Whether a figure and a word are one: "gr8", "2puis"."""
    return row[at].glued and at > 0 and (row[at].figure is not None or row[at - 1].figure is not None)


def _hyphen(node: Node, row: Sequence[Token], at: int) -> Node | None:
    """A hyphen inside a phrase ("cold-sore") is passed over."""
    token = row[at]
    if token.text == "-" and token.glued and at + 1 < len(row) and row[at + 1].glued:
        return {key: below for key, below in node.items() if key != _HERE}
    return None


def _drawn_out(node: Node, token: Token) -> Node | None:
    """One word down the tree in the spelling that "sooo" stands for."""
    for word in token.spellings:
        if word in node:
            below: Node = node[word]
            return below
    return None
