from pathlib import Path

import pytest

from kibitz.results.comparing.reading import read_results
from kibitz.results.runfolder import JournalError


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="is not a run folder"):
        read_results(tmp_path)
