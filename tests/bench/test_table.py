def test_the_table_says_what_was_measured_where_and_why_not():
    from cost.measure import Row
    from cost.table import markdown

    rows = [
        Row("a", 1234.5, "us", 100.0, 12.345, 8.0, False, note="rival 1.2"),
        Row("b", None, "MB", target=600.0, note="this system has no /proc"),
    ]
    lines = markdown(rows, ["python bench/orchestrator.py", "--quick"], {"rival": "1.2"}).splitlines()
    assert lines[0].startswith("`python bench/orchestrator.py --quick`, 20")
    assert lines[-2:] == [
        "| a | 1,234.5 | us | 100 | 12.345 | 8 | **missed**, rival 1.2 |",
        "| b |  | MB |  |  | 600 | this system has no /proc |",
    ]
