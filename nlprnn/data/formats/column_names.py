"""Usual names of the columns of tagged words, by which the words, the tags and the sentences are recognised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from nlprnn.tagging_schemes import are_prefixed, find_spans, is_span_scheme

_Tiers = tuple[frozenset[str], ...]


def _tiers(*tiers: str) -> _Tiers:
    return tuple(frozenset(tier.split()) for tier in tiers)


_WORDS = _tiers(
    "token tokens word words form forms",
    "text tok surface wort wörter ord mot mots palabra palabras parola parole palavra woord slovo sana słowo szó "
    "kelime слово токен λέξη كلمة शब्द 词 词语 字 단어 単語",
)
_TAGS = _tiers(
    "tag tags ner ner_tag ner_tags label labels entity entities iob bio iob2 ne named_entity ner_label ner_iob "
    "word_labels word_tags token_labels ne_tags bio_tags iob_tags",
    "etikett etiquette étiquette etiqueta etichetta etiket tagg тег метка سمة 标签 标注 タグ ラベル 태그",
    "pos pos_tag pos_tags upos xpos postag wortart ordklass part_of_speech часть_речи 词性 品詞 품사",
    "chunk chunk_tag chunk_tags np",
)
_SENTENCES = _tiers(
    "sentence_# sentence_id sent_id sentence_idx sentence_number sentence_no sentence_nr sentence_index",
    "sentid sentenceid sent_idx sent_no sent# sentence# sentence sent phrase_id satz satz_id",
)
_DOCUMENTS = _tiers("doc_id document_id docid doc document file filename essay_id article_id")
_OTHERS = _tiers("id idx index nr no # number lemma lemmas feats head deprel deps misc dep doc document start end")


def find_word_columns(names: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the columns of the words and of the tags by their usual names; None for one that cannot be known."""
    tokens = _best(names, _WORDS)
    return tokens, _best([name for name in names if name != tokens], _TAGS)


def find_sentence_column(names: Iterable[str]) -> str | None:
    """Return the column that numbers the sentences by its usual name; None without one."""
    return _best(names, _SENTENCES)


def find_document_column(names: Iterable[str]) -> str | None:
    """Return the column that names the document of a word by its usual name; None without one."""
    return _best(names, _DOCUMENTS)


def is_word_name(name: str) -> bool:
    """Whether a column of this name holds words, by the surest names."""
    return _plain(name) in _WORDS[0]


def is_entity_name(name: str) -> bool:
    """Whether a name is that of a column of entities of some kind beside others: `NE-COARSE-LIT`, `NEL-METO`."""
    return _plain(name).startswith(("ne_", "ner_", "nel_"))


def is_tag_name(name: str) -> bool:
    """Whether a column of this name holds tags of some kind."""
    return any(_plain(name) in tier for tier in _TAGS)


def is_column_name(name: str) -> bool:
    """Whether a name is usual for a column of tagged words, with any content."""
    return any(_plain(name) in tier for tier in (*_WORDS, *_TAGS, *_SENTENCES, *_OTHERS))


def is_unlike(name: str, tags: Collection[str]) -> bool:
    """Whether a cell is a name among tags of another form: without a prefix, or in small letters among capitals."""
    if is_span_scheme(tags):
        kinds = {span.kind for tag in tags for span in find_spans([tag])}
        return not are_prefixed([name]) and name not in kinds and len(name) > 1
    return name[1:].islower() and len(name) > 2 and all(tag.upper() == tag for tag in tags)


def _plain(name: str) -> str:
    return re.sub(r"[\s.:-]+", "_", name.strip().lower())


def _best(names: Iterable[str], tiers: _Tiers) -> str | None:
    """The only column whose name is in the first tier with any."""
    names = list(names)
    for tier in tiers:
        matches = [name for name in names if _plain(name) in tier]
        if matches:
            return matches[0] if len(matches) == 1 else None
    return None
