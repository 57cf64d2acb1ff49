import pytest
from tokenizers.processors import TemplateProcessing

from nlprnn.errors import DataError
from nlprnn.text import WordTokenizer
from nlprnn.text.word_rules import is_unspaced, join_words

TOKENIZER = WordTokenizer.train(["any text"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't! It isn't John's.", "do n't ! it is n't john 's ."),
        ("I'd, we've, they're, she'll, I'm", "i 'd , we 've , they 're , she 'll , i 'm"),
        ("it’s don’t O’Brien", "it 's do n't o'brien"),
        ("the dogs' rock'n'roll of the '90s", "the dogs ' rock'n'roll of the '90s"),
        ("a well-made, re-imagined film--good", "a well-made , re-imagined film -- good"),
        ("great...really (very) good", "great ... really ( very ) good"),
        ("end.Start of it", "end . start of it"),
        (
            "Mr. Samuel L. Jackson of the U.S.A. at 10 p.m., etc.",
            "mr. samuel l. jackson of the u.s.a. at 10 p.m. , etc.",
        ),
        ("$1,000.50 is 3.5% at 10:30, 9/10", "$ 1,000.50 is 3.5 % at 10:30 , 9/10"),
        ("the 1930s, 2nd, -5, .5, 10-5", "the 1930s , 2nd , -5 , .5 , 10-5"),
        ("see http://a.org/b?c=d, www.x.de.", "see http://a.org/b?c=d , www.x.de ."),
        ("mail joe.doe@example.org!", "mail joe.doe@example.org !"),
        ("amazon.com R&B and/or", "amazon.com r&b and / or"),
        ("Er sagte: „Geht's gut?“ Straße", "er sagte : „ geht 's gut ? “ straße"),
        ("L'homme qu'il aujourd'hui dell'arte", "l' homme qu' il aujourd'hui dell' arte"),
        ("我喜欢。用Python写", "我 喜 欢 。 用 python 写"),
        ("東京タワーへ行く、コンピュータ", "東 京 タワー へ 行 く 、 コンピュータ"),
        ("กำลัง ก็", "กำ ลั ง ก็"),
        ("أحبُّ اللُّغةَ، می‌خواهم", "أحبُّ اللُّغةَ ، می‌خواهم"),
        ('שָׁלוֹם צה"ל', 'שָׁלוֹם צה"ל'),
        ("मुझे हिन्दी पसंद है।", "मुझे हिन्दी पसंद है ।"),
        ("한국어 좋아요", "한국어 좋아요"),
        ("👩‍👩‍👧🇩🇪🇫🇷👍🏽❤️ok", "👩‍👩‍👧 🇩🇪 🇫🇷 👍🏽 ❤️ ok"),
        ("nice :) ;-) <3", "nice :) ;-) <3"),
        ("cafe\u0301 CAFÉ", "café café"),
        ("a\0b\u200bc\td", "a b c d"),
    ],
)
def test_words_of(text, words):
    assert TOKENIZER.tokens(text) == words.split(" ")


@pytest.mark.parametrize(
    "text",
    [
        "they wo n't sit still -lrb- or so -rrb- for re-imagining `` bug-eyed '' monsters",
        "it 's the be-all-end-all , k-19 is n't -- ... feel-good 1930s horror",
        "'em 've 'll 'd n't o'clock d.c. u.s. 1/2 3.5 % $ 5",
        "the <unk> of n , <unk> 's",
    ],
)
def test_split_text_stays_unchanged(text):
    assert TOKENIZER.tokens(text) == text.split(" ")


def test_special_tokens_of_a_post_processor_are_left_out():
    tokenizer = WordTokenizer.train(["a b"])
    tokens = [(token, tokenizer.words.index(token)) for token in ("<s>", "</s>")]
    tokenizer.tokenizer.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=tokens)
    assert tokenizer.pieces(tokenizer.encode("a b")) == ["a", "b"]
    assert tokenizer.offsets("a b") == [(0, 1), (2, 3)]


def test_html_tags_separate_words_and_are_dropped():
    assert TOKENIZER.tokens('good.<br /><br />But <a href="x.html">bad</a>') == ["good", ".", "but", "bad"]
    assert TOKENIZER.tokens("a < b > c") == ["a", "<", "b", ">", "c"]


def test_special_token_names_in_text_are_ordinary_text():
    tokenizer = WordTokenizer.train(["< pad > / s <unk> </s>"])
    assert tokenizer.tokens("<pad>") == ["<", "pad", ">"]
    assert tokenizer.encode("<unk>") == [tokenizer.unk_id]
    assert tokenizer.words[:4] == ["<pad>", "<unk>", "<s>", "</s>"]
    assert len(set(tokenizer.words)) == tokenizer.vocab_size


@pytest.mark.parametrize(
    "text",
    [
        "don't say it isn't john's, mr. smith!",
        'he said: "yes, why not?" and left (quickly).',
        "it costs $5, i'd say; 3.5%...",
        "er sagte: „geht das?“ und ging.",
        "l'homme qu'il a vu n'est pas là.",
        "我喜欢自然语言处理。今天天气很好！",
        "東京タワーへ行きました。コンピュータ、すごい",
        "ฉันรักภาษาไทย",
        "أحبُّ اللُّغةَ، العربيّة",
        "मुझे हिन्दी पसंद है।",
    ],
)
def test_decoding_puts_the_spaces_back(text):
    tokenizer = WordTokenizer.train([text])
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_ambiguous_marks_keep_their_spaces():
    assert join_words(["a", "-", "b", "&", "c"]) == "a - b & c"
    assert join_words(["'s", "only", '"']) == "'s only \""


def test_words_are_ordered_by_frequency_then_alphabet():
    tokenizer = WordTokenizer.train(["b a c b", "d b a"])
    assert tokenizer.words[4:] == ["b", "a", "c", "d"]


def test_vocabulary_limits():
    texts = ["a a a b b c"]
    assert WordTokenizer.train(texts, min_frequency=2).words[4:] == ["a", "b"]
    assert WordTokenizer.train(texts, vocab_size=5).words[4:] == ["a"]
    with pytest.raises(DataError, match="min_frequency"):
        WordTokenizer.train(texts, min_frequency=9)
    for size in (4, 0, -1):
        with pytest.raises(DataError, match="vocab_size"):
            WordTokenizer.train(texts, vocab_size=size)


def test_extra_words_follow_without_repeats():
    tokenizer = WordTokenizer.train(["b a b"], vocab_size=5, extra_words=["The", "b", "cafe\u0301", "the"])
    assert tokenizer.words[4:] == ["b", "the", "café"]
    assert tokenizer.unknown("the café b a") == ["a"]


def test_unknown_words_are_listed_once_in_order():
    tokenizer = WordTokenizer.train(["the film is good"])
    assert tokenizer.unknown("The plot, the plot is GOOD!") == ["plot", ",", "!"]
    assert tokenizer.decode(tokenizer.encode("the plot")) == "the <unk>"


def test_case_is_kept_on_request():
    tokenizer = WordTokenizer.train(["The film isn't. ISN'T"], lowercase=False)
    assert tokenizer.tokens("The film ISN'T Mr. Xu's") == ["The", "film", "IS", "N'T", "Mr.", "Xu", "'s"]
    assert tokenizer.unknown("the The") == ["the"]


@pytest.mark.parametrize(
    ("texts", "unspaced"),
    [
        (["你好,世界!", "OK, 好"], True),
        (["日本語もできます", "カタカナ"], True),
        (["สวัสดีครับ"], True),
        (["ສະບາຍດີ"], True),
        (["សួស្តី"], True),
        (["မင်္ဂလာပါ"], True),
        (["hello 世界", "it is 10 p.m."], False),
        (["안녕하세요 여러분"], False),
        (["Привет, мир"], False),
        (["!?", ""], False),
        (["the first of many is English"] + ["其余的都是中文"] * 3000, True),
    ],
)
def test_scripts_without_spaces_are_recognised(texts, unspaced):
    assert is_unspaced(texts) is unspaced
