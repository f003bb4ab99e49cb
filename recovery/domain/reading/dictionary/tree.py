"""A tree of phrases, word by word: the longest that begins at a token is found by walking down."""

from collections.abc import Callable, Container, Mapping, Sequence

from recovery.domain.reading.dictionary.tags import Tags
from recovery.domain.reading.spelling.tokens import Token

Words = tuple[str, ...]
Keeps = Callable[[Words, Tags], bool]

_STUCK = "\1"  # before a token that a phrase has without a space: "gr8"


def every(_words: Words, _tags: Tags) -> bool:
    """A tree that keeps all."""
    return True


def spell(row: Sequence[Token]) -> Words:
    """A phrase as the tree has it: its tokens without hyphens, a figure stuck to its word marked as such."""
    spelt = (_STUCK * _is_stuck(row, at) + token.text for at, token in enumerate(row))
    words = tuple(word for word in spelt if word != "-")
    return words if len(words) == len(row) or any(token.is_word for token in row) else ()


class Node(dict[str, "Node"]):
    """A word on the way down: what comes below it, and the `tags` of the phrase that ends with it."""

    __slots__ = ("tags",)

    def __init__(self, below: Mapping[str, "Node"] | None = None, tags: Tags | None = None) -> None:
        super().__init__(below or {})
        self.tags = tags


_NOTHING = Node()


class Tree(dict[str, Node]):
    """The branch of each first word, grown when it is first met; an empty one where no phrase begins.

    `grown` gives the branch of one of the `firsts`.
    """

    def __init__(self, firsts: Container[str], grown: Callable[[str], Node]) -> None:
        super().__init__()
        self._firsts, self._grown = firsts, grown

    def __missing__(self, first: str) -> Node:
        if first not in self._firsts:
            return _NOTHING
        branch = self._grown(first)
        self[first] = branch if branch or branch.tags is not None else _NOTHING
        return self[first]


def grow(phrases: Mapping[Words, Tags], keeps: Keeps = every) -> Node:
    """The branch of those of these phrases that it keeps; all begin with the same word."""
    branch = Node()
    for words, tags in phrases.items():
        if not keeps(words, tags):
            continue
        node = branch
        for word in words[1:]:
            if word not in node:
                node[word] = Node()
            node = node[word]
        node.tags = tags
    return branch


def grafted(branch: Node, phrases: Mapping[Words, Tags], keeps: Keeps = every) -> Node:
    """A branch with other tags for some of its phrases; every twig that stays is shared with the old one."""
    if not phrases:
        return branch
    root = Node(branch, branch.tags)
    for words, tags in phrases.items():
        node = root
        for word in words[1:]:
            old = node.get(word, _NOTHING)
            twig = node[word] = Node(old, old.tags)
            node = twig
        node.tags = tags if keeps(words, tags) else None
    return root


def longest(tree: Tree, row: Sequence[Token], at: int, until: int) -> tuple[int, Tags | None]:
    """How many tokens from `at` on, before `until`, make the longest phrase; its tags, if there is one."""
    first = row[at]
    length, tags = _down(tree[first.text], row, at, until)
    for spelling in first.spellings:
        other, meant = _down(tree[spelling], row, at, until)
        if meant is not None and (tags is None or other > length):
            length, tags = other, meant
    return length, tags


def _down(node: Node, row: Sequence[Token], at: int, until: int) -> tuple[int, Tags | None]:
    """The longest phrase below a node, down every spelling of the words that have several."""
    best, tags, end = 1, node.tags, at + 1
    while node and end < until:
        token = row[end]
        for spelling in token.spellings:
            other, meant = _down(node.get(spelling, _NOTHING), row, end, until)
            if meant is not None and end - at + other > best:
                best, tags = end - at + other, meant
        node = _next(node, row, end) if token.glued else node.get(token.text, _NOTHING)
        end += 1
        if node.tags is not None and end - at > best:
            best, tags = end - at, node.tags
    return best, tags


def _next(node: Node, row: Sequence[Token], at: int) -> Node:
    """One token down the tree; "a1" is no "a 1"."""
    token = row[at]
    if _is_stuck(row, at) and _STUCK + token.text in node:
        return node[_STUCK + token.text]
    below = node.get(token.text, _NOTHING)
    if below is not _NOTHING:
        return below
    return Node(node) if _is_hyphen(row, at) else _NOTHING  # the hyphen of "cold-sore" is passed over


def _is_stuck(row: Sequence[Token], at: int) -> bool:
    """Whether a figure and a word are one: "gr8", "2puis"."""
    return row[at].glued and at > 0 and (row[at].figure is not None or row[at - 1].figure is not None)


def _is_hyphen(row: Sequence[Token], at: int) -> bool:
    return row[at].text == "-" and row[at].glued and at + 1 < len(row) and row[at + 1].glued
