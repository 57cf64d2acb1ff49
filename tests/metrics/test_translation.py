from __future__ import annotations

import pytest
import sacrebleu

from nlprnn.metrics.translation import translation_scores

HYPOTHESES = ["A dog runs across the green grass .", "Two men sit at a table.", "", "Das ist ein Haus."]
REFERENCES = ["A dog runs over the green grass.", "Two men are sitting at a table.", "A girl.", "DAS IST EIN HAUS."]
CHINESE = ["我喜欢吃苹果和香蕉", "今天的天气很好"], ["我喜欢吃苹果和梨", "今天天气很好"]


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("tokenize", ["13a", "none", "intl", "char"])
def test_scores_match_sacrebleu(lowercase, tokenize):
    scores = translation_scores(HYPOTHESES, REFERENCES, lowercase=lowercase, tokenize=tokenize)
    bleu = sacrebleu.corpus_bleu(HYPOTHESES, [REFERENCES], lowercase=lowercase, tokenize=tokenize)
    chrf = sacrebleu.metrics.CHRF(lowercase=lowercase).corpus_score(HYPOTHESES, [REFERENCES])
    assert scores.keys() == {"bleu", "chrf", "bleu_signature", "chrf_signature"}
    assert scores["bleu"] == pytest.approx(bleu.score)
    assert scores["chrf"] == pytest.approx(chrf.score)
    assert 0 < scores["bleu"] < 100
    assert 0 < scores["chrf"] < 100


def test_signatures_record_the_settings():
    plain, other = (translation_scores(*CHINESE, **options) for options in ({}, {"lowercase": True, "tokenize": "zh"}))
    version = f"version:{sacrebleu.__version__}"
    assert plain["bleu_signature"] == f"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|{version}"
    assert other["bleu_signature"] == f"nrefs:1|case:lc|eff:no|tok:zh|smooth:exp|{version}"
    assert plain["chrf_signature"] == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|{version}"
    assert other["chrf_signature"] == f"nrefs:1|case:lc|eff:yes|nc:6|nw:0|space:no|{version}"


def test_scores_depend_on_case_and_tokenizer():
    assert translation_scores(HYPOTHESES[3:], REFERENCES[3:])["bleu"] < 50
    assert translation_scores(HYPOTHESES[3:], REFERENCES[3:], lowercase=True)["bleu"] == pytest.approx(100)
    assert translation_scores(*CHINESE)["bleu"] < 20 < translation_scores(*CHINESE, tokenize="zh")["bleu"]


def test_tuples_are_accepted_and_left_unchanged():
    hypotheses, references = tuple(HYPOTHESES), tuple(REFERENCES)
    assert translation_scores(hypotheses, references) == translation_scores(HYPOTHESES, REFERENCES)
    assert (hypotheses, references) == (tuple(HYPOTHESES), tuple(REFERENCES))


@pytest.mark.parametrize(("hypotheses", "references"), [(["a"], []), ([], ["a"]), ([], []), (["a", "b"], ["a"])])
def test_lengths_that_differ_are_an_error_with_both_numbers(hypotheses, references):
    with pytest.raises(ValueError, match=f"{len(hypotheses)} translations do not fit {len(references)} references"):
        translation_scores(hypotheses, references)


def test_unknown_tokenizer_error_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown tokenizer '13b': choose one of .*\b13a\b"):
        translation_scores(["a"], ["a"], tokenize="13b")
