"""Which answers count as right."""

from matricula.learning.quizzes import mark_question


def test_a_number_may_be_written_with_a_comma_and_a_text_in_any_case():
    number = {"key": "q", "kind": "number", "answer": "2.5", "tolerance": "0.1", "prompt": "P"}
    text = {"key": "q", "kind": "text", "accepted": ["Ada Lovelace"], "prompt": "P"}
    assert [mark_question(number, [given])["right"] for given in ("2,5", "2.6", "2.61", "two")] == [
        True,
        True,
        False,
        False,
    ]
    assert [mark_question(text, [given])["right"] for given in (" ada  LOVELACE ", "Ada")] == [True, False]
