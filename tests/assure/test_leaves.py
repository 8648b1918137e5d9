"""The sixteen leaves of the report."""

from holdfast.assure import LEAVES


def test_there_are_sixteen_leaves_each_with_a_title_and_a_reason_of_its_own_wording() -> None:
    assert len(LEAVES) == 16
    assert all(tag.startswith("iasr26:") and title and why for tag, (title, why) in LEAVES.items())
    assert list(LEAVES) == sorted(LEAVES)


def test_no_reason_says_that_the_report_recommends() -> None:
    assert not any("recommend" in why for _, why in LEAVES.values())
