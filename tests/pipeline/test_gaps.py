from hypothesis import given
from hypothesis import strategies as st

from pipeline.gaps import Gap

NAMES = st.frozensets(st.sampled_from("abcd"))


def test_what_the_next_pull_brings_was_only_new() -> None:
    gap, again = Gap().after({"a"})
    assert (gap.waiting, again, gap.said("desk")) == ({"a"}, False, None)

    assert gap.after(set()) == (Gap(), False)


def test_what_stays_away_is_read_for_once_and_then_told_until_it_comes() -> None:
    first, _ = Gap().after({"a"})
    second, again = first.after({"a", "b"})
    assert again
    assert "1 issue that exists was never given to us (as a): it is read again" in str(second.said("desk"))

    third, again = second.after({"a"})
    assert not again
    assert "did not bring them" in str(third.said("desk"))
    assert third.after({"a"}) == (third, False)
    assert third.after(set()) == (Gap(), False)


@given(st.lists(NAMES, max_size=12))
def test_nothing_is_read_for_twice_while_it_stays_away(censuses: list[frozenset[str]]) -> None:
    gap, asked = Gap(), set[str]()
    for lacking in censuses:
        asked &= lacking
        gap, again = gap.after(lacking)
        if again:
            assert not gap.waiting & asked
            asked |= gap.waiting
        assert gap.waiting | gap.lost <= lacking
        assert Gap.from_json(gap.to_json()) == gap
