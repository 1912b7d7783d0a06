import re

from kibitz.results.report import assets


def test_the_script_never_writes_html() -> None:
    script = assets.script()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)
    assert "</script" not in script
    assert "</style" not in assets.style()
    assert len(script) < 60_000


def test_every_file_of_the_folder_is_used() -> None:
    used = {f"{name}.css" for name in assets.STYLES} | {f"{name}.js" for name in assets.SCRIPTS}
    assert {path.name for path in assets.FOLDER.iterdir()} == used
