"""`nlprnn recipes`, as a user calls it."""

from __future__ import annotations

import ast

from nlprnn.resources import recipes_folder


def test_recipes_are_listed_with_their_first_line(nlprnn_command):
    shown = nlprnn_command("recipes").stdout.splitlines()
    for path in recipes_folder().glob("*.py"):
        summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).splitlines()[0]
        assert any(line.startswith(path.stem) and line.endswith(summary) for line in shown)


def test_copy_of_a_recipe_is_identical(nlprnn_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("sentiment", "text_generation.py"):
        result = nlprnn_command("recipes", "copy", name)
        assert result.exit_code == 0, result.output
    for name in ("sentiment.py", "text_generation.py"):
        assert (tmp_path / name).read_bytes() == (recipes_folder() / name).read_bytes()
        assert name in result.stdout or name == "sentiment.py"


def test_copy_to_a_folder_or_file(nlprnn_command, tmp_path):
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path / "new").exit_code == 0
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path / "mine.py").exit_code == 0
    assert (tmp_path / "new" / "sentiment.py").read_bytes() == (tmp_path / "mine.py").read_bytes()


def test_copy_replaces_a_file_only_with_force(nlprnn_command, fails, tmp_path):
    target = tmp_path / "sentiment.py"
    target.write_text("mine")
    fails("recipes", "copy", "sentiment", "--to", tmp_path, words=[target, "--force"])
    assert target.read_text() == "mine"
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path, "--force").exit_code == 0
    assert target.read_bytes() == (recipes_folder() / "sentiment.py").read_bytes()


def test_copy_mistakes(fails, tmp_path):
    fails("recipes", "copy", "sentimant", words=["sentimant", "did you mean sentiment?"])
    fails("recipes", "copy", "zzz", words=["zzz", "sentiment", "text_generation"])
    fails("recipes", "copy", words=["NAME"])
    (tmp_path / "file").touch()
    fails("recipes", "copy", "sentiment", "--to", tmp_path / "file" / "below", words=[tmp_path / "file"])


def test_settings_are_listed_and_copied(nlprnn_command, tmp_path):
    files = sorted((recipes_folder() / "settings").glob("*.toml"))
    shown = nlprnn_command("recipes").stdout
    assert "--config" in shown
    for path in files:
        assert f"\n{path.stem} " in shown
    path = files[0]
    for number, name in enumerate((path.name, path.stem)):
        result = nlprnn_command("recipes", "copy", name, "--to", tmp_path / str(number))
        assert result.exit_code == 0, result.output
        assert (tmp_path / str(number) / path.name).read_bytes() == path.read_bytes()
        assert f"--config {tmp_path / str(number) / path.name}" in result.stdout
