from kibitz.harness.executors.environment import child_environment


def test_a_child_gets_what_it_needs_and_no_keys():
    given = {
        "PATH": "/bin",
        "Path": "C:\\Windows",
        "LC_ALL": "C",
        "PYTHONPATH": "x",
        "KIBITZ_CACHE": "/cache",
        "OPENAI_API_KEY": "sk-1",
        "ANTHROPIC_AUTH_TOKEN": "2",
        "MY_MODEL": "3",
        "KIBITZ_KEY": "4",
        "HTTPS_PROXY": "http://user:password@proxy",
        "SSH_AUTH_SOCK": "/tmp/agent",
    }
    assert set(child_environment(given)) == {"PATH", "Path", "LC_ALL", "PYTHONPATH", "KIBITZ_CACHE"}
