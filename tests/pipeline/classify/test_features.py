"""Features depend on the text alone: not on its neighbours in a batch, not on where a word stands."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import features
from pipeline.classify.tokens import Tokens

Pairs = list[tuple[str, str]]


def bag(block: features.Block, row: int) -> dict[int, int]:
    at = block.row == row
    return dict(zip(block.column[at].tolist(), block.times[at].tolist(), strict=True))


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=80)), min_size=1, max_size=5))
@settings(max_examples=80, deadline=None)
def test_a_text_has_the_same_features_alone_and_in_a_batch(pairs: Pairs) -> None:
    batch = features.read(pairs)
    words, pieces = features.words(batch), features.pieces(batch)

    for i, pair in enumerate(pairs):
        alone = features.read([pair])
        assert bag(features.words(alone), 0) == bag(words, i)
        assert bag(features.pieces(alone), 0) == bag(pieces, i)


def test_a_word_is_the_same_feature_wherever_it_stands() -> None:
    batch = features.read([("", "build"), ("", "the last build"), ("", "Build")])
    block = features.words(batch)

    assert set(bag(block, 0)) <= set(bag(block, 1))
    assert bag(block, 0) == bag(block, 2)


def test_words_of_a_title_count_there_and_once_more() -> None:
    block = features.words(features.read([("build", ""), ("", "build")]))

    assert len(bag(block, 0)) == 2
    assert len(bag(block, 1)) == 1


def test_numbers_are_all_alike() -> None:
    block = features.words(features.read([("", "took 17 s"), ("", "took 93 s")]))

    assert bag(block, 0) == bag(block, 1)


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    block = features.pieces(features.read([("", "x" * features.READ + " build")]))

    assert len(bag(block, 0)) < 12


def test_the_values_of_a_text_have_length_one() -> None:
    block = features.words(features.read([("a b", "c d d"), ("e", "")]))
    values = features.values(block, np.ones(features.WIDTH, dtype=np.float32), 2)

    assert np.allclose(np.bincount(block.row, weights=values**2), 1)


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    tokens = Tokens(["build", "##s", "re", "##build", "##b"])

    assert tokens.of("builds rebuild xyz") == [("builds", (0, 1)), ("rebuild", (2, 3)), ("xyz", ())]


def test_pieces_of_a_text_without_words_belong_to_no_word_of_its_neighbour() -> None:
    batch = features.read([("", "build"), ("", ".....")])
    block = features.pieces(batch)

    of_second = block.word[block.row[block.of] == 1]

    assert set(of_second.tolist()) == {len(batch.starts)}
