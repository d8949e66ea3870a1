"""Images without a browser, and the fonts that they need."""

import subprocess
from pathlib import Path

import pytest

from headway.errors import UsageError
from headway.report import images
from headway.report.story import Story
from headway.rulers.scale import Scale

pytestmark = pytest.mark.thorough

PNG = b"\x89PNG\r\n\x1a\n"


def test_every_chart_is_written(story: Story, tmp_path: Path) -> None:
    written = images.export_png(story, tmp_path / "charts", theme="dark", width=660, scale=1)
    assert len(written) == 28
    for path in written:
        content = path.read_bytes()
        assert len(content) > 4000
        assert content.startswith(PNG if path.suffix == ".png" else b"<svg")
    assert (tmp_path / "charts" / "frontiers-en-dark.png") in written


def test_images_stand_alone(story: Story, tmp_path: Path) -> None:
    images.export_png(story, tmp_path, scale=0.5)
    text = (tmp_path / "frontiers-en-light.svg").read_text(encoding="utf-8")
    assert "Two frontiers: United States and China" in text
    assert "11 August 2026" in text


def test_one_chart_by_its_ending(scale: Scale, tmp_path: Path) -> None:
    chart = scale.chart(most=3)
    assert images.save_chart(chart, tmp_path / "a.png").read_bytes().startswith(PNG)
    assert "<svg" in images.save_chart(chart, tmp_path / "a.svg").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"neither \.png nor \.svg"):
        images.save_chart(chart, tmp_path / "a.gif")


def test_an_unknown_theme_is_refused(story: Story, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="light, dark"):
        images.export_png(story, tmp_path, theme="page")


def test_chinese_needs_a_font(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "has_chinese_font", lambda: False)
    with pytest.raises(UsageError, match="boxes") as caught:
        images.export_png(story, tmp_path / "charts", lang="zh")
    assert "fonts-noto-cjk" in str(caught.value)
    assert not (tmp_path / "charts").exists()


def test_chinese_is_drawn_where_there_is_a_font(story: Story, tmp_path: Path) -> None:
    if not images.has_chinese_font():
        pytest.skip("no font with Chinese characters on this machine")
    written = images.export_png(story, tmp_path, lang="zh", scale=0.5)
    assert "两条前沿线" in written[1].read_text(encoding="utf-8")


@pytest.mark.parametrize(("listed", "found"), [("Noto Sans CJK SC\n", True), ("\n", False)])
def test_fontconfig_is_asked(monkeypatch: pytest.MonkeyPatch, listed: str, found: bool) -> None:
    monkeypatch.setattr(images.shutil, "which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr(
        images.subprocess,
        "run",
        lambda *_, **__: subprocess.CompletedProcess((), 0, stdout=listed, stderr=""),
    )
    assert images.has_chinese_font() is found


@pytest.mark.parametrize(
    ("name", "found"),
    [("NotoSansCJK-Regular.ttc", True), ("wqy-microhei.ttc", True), ("Arial.ttf", False)],
)
def test_folders_are_searched_without_fontconfig(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, found: bool
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(b"")
    (tmp_path / "notosanscjk.txt").write_bytes(b"")
    monkeypatch.setattr(images.shutil, "which", lambda _: None)
    monkeypatch.setattr(images, "font_folders", lambda: [tmp_path, tmp_path / "none"])
    assert images.has_chinese_font() is found


def test_a_broken_fontconfig_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("fc-list", 20)

    monkeypatch.setattr(images.shutil, "which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr(images.subprocess, "run", fail)
    monkeypatch.setattr(images, "font_folders", lambda: [tmp_path])
    assert not images.has_chinese_font()


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_every_system_has_font_folders(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(images.sys, "platform", platform)
    assert images.font_folders()
