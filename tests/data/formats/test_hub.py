"""Data sets by name: samples, the Hub, and what happens without a network."""

from __future__ import annotations

import datasets
import pytest

from nlprnn import resources
from nlprnn.data import label_names, load_table
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}


@pytest.fixture
def hub(monkeypatch):
    """A Hub that answers with the splits it is given, or the error."""

    def serve(answer):
        def load(repository, config):
            if isinstance(answer, Exception):
                raise answer
            return datasets.DatasetDict(answer)

        monkeypatch.setattr("huggingface_hub.HfApi.repo_info", lambda *arguments, **options: None)
        monkeypatch.setattr(datasets, "load_dataset", load)

    return serve


class TestNames:
    @pytest.fixture(autouse=True)
    def sample(self, tmp_path, monkeypatch, rows_of, write_jsonl):
        write_jsonl(tmp_path / "samples" / "sentiment" / "train.jsonl", rows_of(20))
        (tmp_path / "samples" / "scripts").mkdir()
        monkeypatch.setattr(resources, "sample_data_folder", lambda: tmp_path / "samples")
        monkeypatch.chdir(tmp_path)

    def test_path_comes_before_sample(self, tmp_path, rows_of, write_jsonl):
        assert label_names(load_table("sentiment", CLASSIFY)) == ["a", "b"]
        write_jsonl(tmp_path / "sentiment" / "train.jsonl", rows_of(20, labels="xy"))
        assert label_names(load_table("sentiment", CLASSIFY)) == ["x", "y"]

    @pytest.mark.parametrize("name", ["./none", "/none", "~/none", "none.csv", "a/none.jsonl.gz", "a/b/c", "", "a b"])
    def test_missing_path_is_an_error(self, name):
        with pytest.raises(DataError, match=f"{name!r}: no such file or folder"):
            load_table(name, CLASSIFY)

    def test_no_network_is_one_sentence(self, monkeypatch):
        import huggingface_hub

        # What HF_HUB_OFFLINE=1 sets: no test may use the network.
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        with pytest.raises(DataError) as caught:
            load_table("nobody/nothing", CLASSIFY)
        assert str(caught.value) == (
            "'nobody/nothing' is not a file or folder here, no sample of that name (samples: sentiment), "
            "and the Hugging Face Hub cannot be reached: check the network or give a local path"
        )

    def test_no_network_reads_the_hub_cache(self, monkeypatch, rows_of):
        def refuse(*arguments, **options):
            raise ConnectionError("no route")

        def load(repository, config):
            seen.append((repository, config, datasets.config.HF_HUB_OFFLINE))
            return datasets.DatasetDict({"train": datasets.Dataset.from_list(rows_of(20))})

        seen = []
        monkeypatch.setattr("huggingface_hub.HfApi.repo_info", refuse)
        monkeypatch.setattr(datasets, "load_dataset", load)
        before = datasets.config.HF_HUB_OFFLINE
        assert label_names(load_table("owner/name:config", CLASSIFY)) == ["a", "b"]
        assert seen == [("owner/name", "config", True)]
        assert before == datasets.config.HF_HUB_OFFLINE

    def test_unknown_hub_name_is_an_error(self, hub):
        from datasets.exceptions import DatasetNotFoundError

        hub(DatasetNotFoundError("Dataset 'x' doesn't exist on the Hub or cannot be accessed."))
        with pytest.raises(DataError, match=r"no sample of that name .* and is no public dataset"):
            load_table("owner/name", CLASSIFY)

    def test_missing_configuration_is_named(self, hub):
        hub(ValueError("Config name is missing.\nPlease pick one"))
        with pytest.raises(DataError, match=r"owner/name:config.*: Config name is missing. Please pick one"):
            load_table("owner/name", CLASSIFY)


class TestHub:
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos", "mixed"])}
    )

    def split(self, labels):
        rows = {"text": [f"text {n}" for n in range(len(labels))], "label": labels}
        return datasets.Dataset.from_dict(rows, features=self.features)

    def test_class_labels_keep_the_declared_order(self, hub):
        hub(
            {
                "train": self.split([2, 1, 0] * 10),
                "test": self.split([1, 0]),
                "unsupervised": self.split([-1]),
            }
        )
        table = load_table("owner/name", CLASSIFY)
        assert table.num_rows == {"train": 27, "validation": 3, "test": 2}
        assert list(table["test"]["label"]) == ["pos", "neg"]
        assert label_names(table) == ["neg", "pos", "mixed"]

    def test_lists_of_class_labels_have_their_names(self, hub):
        features = datasets.Features(
            {"text": datasets.Value("string"), "labels": datasets.Sequence(self.features["label"])}
        )
        rows = {"text": [f"text {n}" for n in range(30)], "labels": [[0], [1, 2], []] * 10}
        hub({"train": datasets.Dataset.from_dict(rows, features=features)})
        train = load_table("owner/name", {"text": None, "labels": None})["train"]
        assert {tuple(labels) for labels in train["labels"]} == {("neg",), ("pos", "mixed"), ()}

    def test_split_with_secret_labels_is_left_out(self, hub, caplog):
        hub({"train": self.split([0, 1] * 10), "validation": self.split([1]), "test": self.split([-1, -1])})
        assert list(load_table("owner/name", CLASSIFY)) == ["train", "validation"]
        assert "owner/name (test) has no labels: 2 rows left out" in caplog.text

    def test_missing_label_names_the_row(self, hub):
        hub({"train": self.split([0, 1, -1, 1])})
        with pytest.raises(DataError, match=r"owner/name \(train\), row 3: the label is missing"):
            load_table("owner/name", CLASSIFY)

    def test_single_odd_split_is_split(self, hub):
        hub({"full": self.split([0, 1] * 10)})
        assert load_table("owner/name", CLASSIFY).num_rows == {"train": 16, "validation": 2, "test": 2}

    def test_second_source_of_a_split_is_left_out(self, hub, caplog):
        hub({"train_r1": self.split([0, 1] * 10), "train_r2": self.split([1] * 5)})
        assert load_table("owner/name", CLASSIFY).num_rows == {"train": 16, "validation": 2, "test": 2}
        assert "owner/name has several splits for train: train_r2 is left out" in caplog.text

    def test_several_odd_splits_are_an_error(self, hub):
        hub({"one": self.split([0]), "two": self.split([0])})
        with pytest.raises(DataError, match=r"no train split to learn from \(splits: one, two\)"):
            load_table("owner/name", CLASSIFY)

    @pytest.mark.parametrize(
        "languages",
        [{"de": datasets.Value("string"), "en": datasets.Value("string")}, datasets.Translation(["de", "en"])],
    )
    def test_translation_pairs(self, hub, languages):
        pairs = {"translation": [{"de": f"ja {n}", "en": f"yes {n}"} for n in range(20)]}
        rows = datasets.Dataset.from_dict(pairs, features=datasets.Features({"translation": languages}))
        hub({"train": rows, "validation": rows})
        table = load_table("owner/name", {"source": "en", "target": "de"})
        assert list(table["train"]) == [{"source": f"yes {n}", "target": f"ja {n}"} for n in range(20)]
