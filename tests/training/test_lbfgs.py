"""L-BFGS for linear models: against scikit-learn, a closed form, and properties of the optimum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from nlprnn.training import lbfgs
from nlprnn.training.lbfgs import (
    fit_best_linear,
    fit_linear,
    fit_scales,
    label_cross_entropy,
    log_count_ratios,
    sparse_rows,
)

N, F, C = 60, 12, 3


def some_rows(seed):
    """A sparse matrix, dense and in rows, and classes that depend on it."""
    generator = torch.Generator().manual_seed(seed)
    dense = torch.randn(N, F, generator=generator) * (torch.rand(N, F, generator=generator) < 0.4)
    rows, columns = dense.nonzero(as_tuple=True)
    truth = torch.randn(F, C, generator=torch.Generator().manual_seed(9))
    classes = (dense @ truth + torch.randn(N, C, generator=generator)).argmax(dim=1)
    return dense, sparse_rows(rows, columns, dense[rows, columns], shape=(N, F)), classes


def zeros(outputs):
    return torch.zeros(F, outputs), torch.zeros(outputs)


def test_softmax_regression_matches_scikit_learn():
    dense, rows, classes = some_rows(0)
    strength = 0.7
    weight, bias = fit_linear(rows, classes, functional.cross_entropy, penalty=1 / (strength * N), start=zeros(C))
    peer = LogisticRegression(C=strength, tol=1e-8, max_iter=1000).fit(dense.numpy(), classes.numpy())
    expected = torch.from_numpy(peer.predict_proba(dense.numpy())).float()
    torch.testing.assert_close((dense @ weight + bias).softmax(dim=1), expected, rtol=0, atol=2e-3)


def test_squared_error_matches_closed_form_of_ridge_regression():
    dense, rows, _ = some_rows(1)
    targets, penalty = torch.randn(N, 1), 0.05
    weight, bias = fit_linear(rows, targets, functional.mse_loss, penalty=penalty, start=zeros(1))
    x = np.hstack([dense.numpy(), np.ones((N, 1))]).astype(np.float64)
    ridge = np.diag([penalty * N / 2] * F + [0.0])
    expected = np.linalg.solve(x.T @ x + ridge, x.T @ targets.numpy().astype(np.float64))
    assert np.vstack([weight.numpy(), bias.numpy()]) == pytest.approx(expected, abs=2e-3)


def test_scaled_weights_equal_scaled_features(monkeypatch):
    monkeypatch.setattr(lbfgs, "_TOLERANCE", 1e-14)  # the two fits stop elsewhere: let both come to the optimum
    dense, rows, classes = some_rows(1)
    dense, rows = dense.double(), rows.double()
    scales = 0.5 + torch.rand(F, 1).double()
    start = torch.zeros(F, C).double(), torch.zeros(C).double()
    options = {"criterion": functional.cross_entropy, "penalty": 1e-2, "start": start}
    weight, bias = fit_linear(rows, classes, **options, scales=scales.expand(F, C))
    plain, same = fit_linear((dense * scales.T).to_sparse_csr(), classes, **options)
    torch.testing.assert_close(weight, plain * scales, rtol=0, atol=1e-5)
    torch.testing.assert_close(bias, same, rtol=0, atol=1e-5)


def test_fit_with_scales_starts_from_the_given_weights(monkeypatch):
    monkeypatch.setattr(lbfgs, "_STEPS", 0)
    _, rows, classes = some_rows(1)
    start = torch.randn(F, C), torch.randn(C)
    options = {"criterion": functional.cross_entropy, "penalty": 1e-2, "start": start}
    fitted = fit_linear(rows, classes, **options, scales=0.5 + torch.rand(F, C))
    torch.testing.assert_close(fitted, start)


def test_log_count_ratios_match_the_paper():
    dense, rows, classes = some_rows(1)
    ratios = log_count_ratios(rows, functional.one_hot(classes, C).float()).numpy()
    present, classes = dense.numpy() != 0, classes.numpy()
    for label in range(C):
        p, q = (1.0 + present[chosen].sum(axis=0) for chosen in (classes == label, classes != label))
        assert ratios[:, label] == pytest.approx(np.log((p / p.sum()) / (q / q.sum())), abs=1e-5)


def test_label_is_fitted_as_if_alone():
    _, rows, classes = some_rows(1)
    target, penalty = (classes == 0).float().unsqueeze(1), 1e-2
    single, _ = fit_linear(rows, target, label_cross_entropy, penalty=penalty, start=zeros(1))
    many, _ = fit_linear(rows, target.expand(N, 9), label_cross_entropy, penalty=penalty, start=zeros(9))
    torch.testing.assert_close(many, single.expand(F, 9), rtol=0, atol=2e-2 * float(single.abs().max()))


def test_penalty_with_lowest_held_out_loss_is_chosen():
    _, rows, classes = some_rows(2)
    _, others, other_classes = some_rows(3)

    def loss(fitted):
        return float(functional.cross_entropy(others @ fitted[0] + fitted[1], other_classes))

    penalties = [10.0, 0.1, 1e-6]
    chosen = fit_best_linear(
        rows,
        classes,
        functional.cross_entropy,
        outputs=C,
        penalties=penalties,
        held_out=(others, other_classes),
    )
    each = [
        loss(fit_linear(rows, classes, functional.cross_entropy, penalty=penalty, start=zeros(C)))
        for penalty in penalties
    ]
    assert min(each) == each[1]
    assert loss(chosen) == pytest.approx(each[1], abs=1e-3)


def test_better_model_gets_more_weight_and_the_sum_is_best():
    generator = torch.Generator().manual_seed(0)
    classes = torch.randint(0, C, (400,), generator=generator)
    right = functional.one_hot(classes, C).float()
    good = 2.0 * right + torch.randn(400, C, generator=generator)
    weak = 0.5 * right + torch.randn(400, C, generator=generator)
    weight, other = fit_scales([good, weak], classes, functional.cross_entropy)
    assert weight > other > 0
    both = functional.cross_entropy(weight * good + other * weak, classes)
    assert both <= min(functional.cross_entropy(good, classes), functional.cross_entropy(weak, classes))


@pytest.mark.parametrize("shares", [(0.9, 0.1), (0.5, 0.3), (0.0, 0.5)])
def test_sum_with_a_noisy_model_is_no_worse(shares):
    generator = torch.Generator().manual_seed(0)
    classes = torch.randint(0, 2, (400,), generator=generator)
    noise = torch.randn(400, 2, generator=generator)
    first = functional.one_hot(classes, 2) - 0.5 + noise
    second = shares[0] * first + shares[1] * noise
    weight, other = fit_scales([first, second], classes, functional.cross_entropy)
    loss = functional.cross_entropy(weight * first + other * second, classes)
    assert loss < functional.cross_entropy(first, classes) + 1e-3
    assert (weight, other) >= (0.0, 0.0)


def test_few_rows_leave_the_weights_near_1():
    classes = torch.tensor([0, 1])
    right = functional.one_hot(classes, 2).float()
    assert max(fit_scales([right, right], classes, functional.cross_entropy)) < 1.5


def test_weights_are_finite_and_not_negative():
    classes = torch.tensor([0, 1, 0, 1])
    right = functional.one_hot(classes, 2).float()
    weight, other = fit_scales([right, -4.0 * right], classes, functional.cross_entropy)
    assert 1.0 < weight < 10.0
    assert other == 0.0
