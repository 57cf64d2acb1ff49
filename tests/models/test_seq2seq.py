from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, GeneralAttention, RecurrentEncoder
from nlprnn.modules.attention import ATTENTIONS

CELLS = ["lstm", "gru", "rnn"]
SOURCE_LENGTHS, TARGET_LENGTHS = [6, 0, 2, 4], [3, 2, 5, 1]

shared_or_not = pytest.mark.parametrize("shared", [True, False], ids=["shared", "separate"])
tied_or_not = pytest.mark.parametrize("tied", [True, False], ids=["tied", "free"])
with_and_without_feeding = pytest.mark.parametrize("feeding", [False, True], ids=["plain", "input-feeding"])


def rows_of(lengths, vocab_size=9):
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.randint(1, vocab_size, mask.shape).masked_fill(~mask, 0), mask


def assert_close(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-10)


@with_and_without_feeding
@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize(("cell", "source_cell", "layers"), [("lstm", "gru", 2), ("gru", "rnn", 1), ("rnn", "lstm", 3)])
def test_forward_equals_steps(make_seq2seq, cell, source_cell, layers, attention, feeding):
    options = {"cell": cell, "source_cell": source_cell, "layers": layers, "attention": attention, "feeding": feeding}
    model = make_seq2seq(**options).double()
    source, target = rows_of(SOURCE_LENGTHS), rows_of(TARGET_LENGTHS)
    vectors = model(*source, *target)
    assert vectors.shape == (sum(TARGET_LENGTHS), 3)
    expected = []
    for row, (size, length) in enumerate(zip(SOURCE_LENGTHS, TARGET_LENGTHS, strict=True)):
        size = max(1, size)
        state = model.encode(source[0][row : row + 1, :size], source[1][row : row + 1, :size])
        for token in target[0][row, :length]:
            scores, state = model.step(token[None], state)
            expected.append(scores)
    assert_close(model.logits(vectors).log_softmax(dim=1), torch.cat(expected))


@shared_or_not
@tied_or_not
def test_output_layer_is_tied_or_separate(make_seq2seq, shared, tied):
    model = make_seq2seq(shared=shared, tied=tied).double()
    size = 9 if shared else 11
    assert model.vocab_size == size
    source, target = rows_of(SOURCE_LENGTHS), rows_of(TARGET_LENGTHS, size)
    outputs_of_decoder = []
    model.decoder.register_forward_hook(lambda decoder, arguments, result: outputs_of_decoder.append(result[0]))
    vectors = model(*source, *target)
    table = model.source_embedding if shared else model.target_embedding
    weight, bias = model.output_layer
    assert weight is (table.weight if tied else model.output_weight)
    assert bias is model.output_bias
    assert bias.shape == (size,)
    assert_close(vectors, outputs_of_decoder[0][target[1]])
    assert_close(model.logits(vectors), vectors @ weight.T + bias)


@shared_or_not
@tied_or_not
@with_and_without_feeding
@pytest.mark.parametrize("cell", CELLS)
def test_every_parameter_has_a_gradient(make_seq2seq, shared, tied, feeding, cell):
    model = make_seq2seq(cell=cell, layers=2, shared=shared, tied=tied, feeding=feeding).train()
    vectors = model(*rows_of(SOURCE_LENGTHS), *rows_of(TARGET_LENGTHS))
    model.logits(vectors).log_softmax(dim=1).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def test_padding_is_ignored(make_seq2seq):
    model = make_seq2seq(layers=2).double()
    (source, source_mask), (target, target_mask) = rows_of(SOURCE_LENGTHS), rows_of(TARGET_LENGTHS)
    vectors = model(source, source_mask, target, target_mask)
    filled = source.masked_fill(~source_mask, 8), source_mask, target.masked_fill(~target_mask, 8), target_mask
    assert_close(model(*filled), vectors)
    wider = (functional.pad(tensor, (0, 3)) for tensor in (source, source_mask, target, target_mask))
    assert_close(model(*wider), vectors)
    order = torch.tensor([2, 0, 3, 1])
    turned = model(source[order], source_mask[order], target[order], target_mask[order])
    pieces = vectors.split(TARGET_LENGTHS)
    assert_close(turned, torch.cat([pieces[row] for row in order]))


def test_decoder_is_causal(make_seq2seq):
    model = make_seq2seq(layers=2).double()
    source, target, mask = torch.randint(1, 8, (1, 5)), torch.randint(1, 8, (1, 6)), torch.ones(1, 6).bool()
    later, other = target.clone(), source.clone()
    later[0, 3:] += 1
    other[0, 4] += 1
    vectors = model(source, mask[:, :5], target, mask)
    changed = model(source, mask[:, :5], later, mask)
    assert_close(changed[:3], vectors[:3])
    assert (changed[3:] != vectors[3:]).any(dim=1).all()
    assert (model(other, mask[:, :5], target, mask) != vectors).any(dim=1).all()


@with_and_without_feeding
def test_rows_of_a_shared_sentence_score_equally(make_seq2seq, feeding):
    model = make_seq2seq(layers=2, feeding=feeding).double()
    source, mask = rows_of(SOURCE_LENGTHS)
    beams = torch.arange(4).repeat_interleave(3)
    tokens = torch.randint(1, 9, (2, 12))
    shared, separate = model.encode(source, mask).select(beams), model.encode(source[beams], mask[beams])
    for read in tokens:
        scores, shared = model.step(read, shared)
        expected, separate = model.step(read, separate)
        assert_close(scores, expected)
        assert_close(shared.attention, separate.attention)
        assert len(shared.memory.mask) == 4
        rows = torch.tensor([2, 0, 0, 3, 4, 4, 8, 7, 6, 9, 11, 10])
        shared, separate = shared.select(rows), separate.select(rows)


@shared_or_not
@tied_or_not
@with_and_without_feeding
def test_saved_model_is_equal(make_seq2seq, tmp_path, shared, tied, feeding):
    model = make_seq2seq(shared=shared, tied=tied, feeding=feeding, layers=2, attention="multi-head", dropout=0.25)
    model.save_pretrained(tmp_path)
    loaded = Seq2Seq.from_pretrained(tmp_path)
    pairs = (*rows_of(SOURCE_LENGTHS), *rows_of(TARGET_LENGTHS))
    assert torch.equal(loaded.logits(loaded(*pairs)), model.logits(model(*pairs)))
    assert loaded.state_dict().keys() == model.state_dict().keys()
    assert (loaded.tied, loaded.max_length, loaded.decoder.dropout) == (tied, 512, 0.25)


def test_shared_embedding_is_saved_once(tmp_path):
    table = Embedding(9, 3)
    model = Seq2Seq(**{**fitting(), "source_embedding": table, "target_embedding": table}).eval()
    assert [name for name in model.state_dict() if "embedding" in name] == ["source_embedding.weight"]
    model.save_pretrained(tmp_path)
    pairs = (*rows_of(SOURCE_LENGTHS), *rows_of(TARGET_LENGTHS))
    assert torch.equal(Seq2Seq.from_pretrained(tmp_path)(*pairs), model(*pairs))


def fitting():
    return {
        "source_embedding": Embedding(9, 3),
        "encoder": RecurrentEncoder(3, 2, bidirectional=True),
        "bridge": Bridge(4, 5),
        "decoder": AttentionDecoder(3, 5, 3, attention=GeneralAttention(5, 4)),
    }


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ({"source_embedding": Embedding(9, 7)}, "source embedding gives vectors of 7, the encoder takes 3"),
        ({"source_embedding": Embedding(9, 2)}, "source embedding gives vectors of 2, the encoder takes 3"),
        ({"target_embedding": Embedding(9, 7)}, "target embedding gives vectors of 7, the decoder takes 3"),
        ({"target_embedding": Embedding(9, 2)}, "target embedding gives vectors of 2, the decoder takes 3"),
        ({"encoder": RecurrentEncoder(3, 3, bidirectional=True)}, "encoder gives vectors of 6, the attention takes 4"),
        ({"bridge": Bridge(6, 5)}, "encoder gives vectors of 4, the bridge takes 6"),
        ({"bridge": Bridge(4, 6)}, "bridge gives vectors of 6, the decoder takes 5"),
        ({"bridge": Bridge(4, 5, num_layers=2)}, "2 layers of lstm, the decoder has 1 of lstm"),
        ({"bridge": Bridge(4, 5, cell="gru")}, "1 layers of gru, the decoder has 1 of lstm"),
        (
            {"decoder": AttentionDecoder(3, 5, 8, attention=GeneralAttention(5, 4))},
            "tied output layer takes vectors of 3, the decoder gives 8.*leave tied out",
        ),
        (
            {"decoder": AttentionDecoder(3, 5, 2, attention=GeneralAttention(5, 4))},
            "tied output layer takes vectors of 3, the decoder gives 2",
        ),
        (
            {
                "source_embedding": Embedding(9, 1, num_trained=4, pretrained_dim=2),
                "decoder": AttentionDecoder(3, 5, 1, attention=GeneralAttention(5, 4)),
            },
            "of each of 9 tokens, the target embedding has 4",
        ),
    ],
    ids=str,
)
def test_mismatched_modules_are_refused(module, words):
    Seq2Seq(**fitting())
    with pytest.raises(ValueError, match=words):
        Seq2Seq(**{**fitting(), **module})


def test_untied_output_layer_has_words_with_fixed_vectors():
    table = Embedding(9, 1, num_trained=4, pretrained_dim=2)
    model = Seq2Seq(**{**fitting(), "source_embedding": table, "tied": False})
    vectors = model(*rows_of(SOURCE_LENGTHS), *rows_of(TARGET_LENGTHS))
    assert model.logits(vectors).shape == (sum(TARGET_LENGTHS), 9)


def test_compiled_step_holds_the_products_of_all_tokens():
    model = Seq2Seq(**fitting(), tied=False).eval()
    state = model.encode(*rows_of([3]))
    by_default, without = model.compiled_step(), model.compiled_step(input_table=False)
    before = by_default(torch.tensor([2]), state)[0]
    torch.testing.assert_close(without(torch.tensor([2]), state)[0], before)
    model.source_embedding.weight.data.mul_(2.0)
    assert torch.equal(by_default(torch.tensor([2]), state)[0], before)
    assert not torch.allclose(without(torch.tensor([2]), state)[0], before)


def small(vocab_size, width):
    """A model whose tables start at the scale that its docstring names."""
    return Seq2Seq(
        source_embedding=Embedding(vocab_size, width, std=width**-0.5),
        encoder=RecurrentEncoder(width, width // 2, bidirectional=True),
        bridge=Bridge(width, width),
        decoder=AttentionDecoder(width, width, width, attention=GeneralAttention(width, width)),
    )


def test_initial_model_scores_near_chance():
    model, read = small(200, 64).eval(), []
    for module in (model.encoder, model.decoder):
        module.register_forward_pre_hook(lambda _, arguments: read.append(arguments[0].detach().std()))
    ids, mask = torch.randint(4, 200, (8, 50)), torch.ones(8, 50).bool()
    logits = model.logits(model(ids, mask, ids[:, :-1], mask[:, 1:]))
    loss = functional.cross_entropy(logits, ids[:, 1:].flatten())
    assert loss.item() == pytest.approx(torch.tensor(200.0).log().item(), abs=0.4)
    assert read == pytest.approx([1.0, 1.0], abs=0.1)


def test_learns_to_reverse_sequences_by_attention():
    torch.manual_seed(0)
    model, begin, length = small(10, 16), 2, 4
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(80):
        source, mask = torch.randint(4, 10, (64, length)), torch.ones(64, length).bool()
        turned = source.flip(1)
        target = torch.cat([torch.full((64, 1), begin), turned[:, :-1]], dim=1)
        loss = functional.cross_entropy(model.logits(model(source, mask, target, mask)), turned.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    source, tokens = torch.randint(4, 10, (100, length)), torch.full((100,), begin)
    state = model.encode(source, torch.ones(100, length).bool())
    for position in reversed(range(length)):
        scores, state = model.step(tokens, state)
        tokens = scores.argmax(dim=1)
        assert (tokens == source[:, position]).float().mean() > 0.75  # at most 0.7 without attention
        assert state.attention.argmax(dim=1).mode().values == position


@pytest.mark.parametrize("options", [{}, {"feeding": True}, {"layers": 2, "cell": "gru"}, {"shared": False}], ids=str)
@pytest.mark.parametrize("largest", [1 << 26, 0], ids=["table", "products"])
def test_compiled_step_equals_step(make_seq2seq, monkeypatch, options, largest):
    monkeypatch.setattr("nlprnn.models.seq2seq._LARGEST_TABLE", largest)
    model = make_seq2seq(**options)
    source, mask = torch.randint(1, 9, (3, 5)), torch.arange(5) < torch.tensor([[5], [2], [4]])
    texts = torch.randint(1, 9, (4, 3))

    def follow(step):
        state, scores = model.encode(source, mask), []
        for tokens in texts:
            score, state = step(tokens, state)
            scores.append(score)
        return torch.stack(scores)

    with torch.no_grad():
        for _ in range(2):  # with other weights another step is needed, and is right
            for input_table in (True, False):
                compiled = model.compiled_step(input_table=input_table)
                torch.testing.assert_close(follow(compiled), follow(model.step), rtol=0, atol=1e-5)
            model.decoder.layers[0].layers[0].all_weights[0][0].add_(1.0)


def test_least_length_is_a_token_and_the_end():
    assert Seq2Seq(**fitting(), max_length=2).max_length == 2
    with pytest.raises(ValueError, match=r"max_length must be at least 2, .*, got 1"):
        Seq2Seq(**fitting(), max_length=1)
