"""What differs between two versions of a draft: nothing of either is lost, and it is read in order."""

from random import Random

from services.projections.draft_differences import MOST_WORDS, Piece, difference


def without(pieces: list[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != kind)


def test_words_that_were_put_in_and_taken_out_stand_where_they_belong() -> None:
    assert difference("We are sorry for the delay.", "We are very sorry for this delay.") == [
        Piece("same", "We are"),
        Piece("inserted", " very"),
        Piece("same", " sorry for "),
        Piece("deleted", "the"),
        Piece("inserted", "this"),
        Piece("same", " delay."),
    ]


def test_a_sentence_of_other_words_is_one_change() -> None:
    assert difference("Sorry. A visit follows soon.", "Sorry. An engineer comes today.") == [
        Piece("same", "Sorry. "),
        Piece("deleted", "A visit follows soon"),
        Piece("inserted", "An engineer comes today"),
        Piece("same", "."),
    ]


def test_two_versions_that_are_alike_do_not_differ() -> None:
    assert difference("Dear resident", "Dear resident") == [Piece("same", "Dear resident")]
    assert difference("", "") == []


def test_nothing_of_either_version_is_lost_whatever_they_hold() -> None:
    chance = Random(7)
    words = ["the", "damp", "\n", "  ", "£50", "–", "repair", "."]
    for _ in range(200):
        earlier, later = ("".join(chance.choices(words, k=chance.randint(0, 40))) for _ in range(2))
        pieces = difference(earlier, later)
        assert without(pieces, "deleted") == later
        assert without(pieces, "inserted") == earlier


def test_very_long_versions_are_compared_by_their_lines() -> None:
    line = "all of this stands in both\n"
    earlier = line * (MOST_WORDS // 6) + "and the end\n"
    later = earlier.replace("the end", "another end")
    assert difference(earlier, later)[-2:] == [
        Piece("deleted", "and the end\n"),
        Piece("inserted", "and another end\n"),
    ]
