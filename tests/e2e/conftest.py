"""A local OpenAI-compatible server whose replies are a function of the request, and which remembers what it got."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


def pick(schema, digest):
    """An instance of the schema, chosen by the digest."""
    number = int(hashlib.sha256(f"{digest}{json.dumps(schema)}".encode()).hexdigest()[:8], 16)
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    match schema["type"]:
        case "object":
            return {key: pick(value, f"{digest}{key}") for key, value in schema["properties"].items()}
        case "array":
            members = schema["items"]["enum"]
            return [member for n, member in enumerate(members) if number >> n & 1 and n < 3]
        case "integer":
            return schema["minimum"] + number % (schema["maximum"] - schema["minimum"] + 1)
        case "boolean":
            return bool(number % 2)
    raise AssertionError(schema)


class Stub:
    """The server: ``url``, the requests it got, and how long it takes to answer."""

    def __init__(self):
        self.bodies = Counter()
        self.delay = 0.0
        self.status = 200
        self.lock = threading.Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.answer(self, body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def answer(self, handler, body):
        with self.lock:
            self.bodies[hashlib.sha256(body).hexdigest()] += 1
        time.sleep(self.delay)
        request = json.loads(body)
        schema = request["response_format"]["json_schema"]["schema"]
        text = json.dumps(pick(schema, hashlib.sha256(body).hexdigest()))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
        reply = {"id": "x", "object": "chat.completion", "created": 0, "model": "stub", "choices": [choice]}
        data = json.dumps(reply | {"usage": usage}).encode()
        try:
            handler.send_response(self.status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            pass  # the client was killed; that is what some tests do

    @property
    def sent(self):
        with self.lock:
            return sum(self.bodies.values())


@pytest.fixture
def stub():
    made = Stub()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


@pytest.fixture
def suite(tmp_path, stub):
    """A small suite that plays the stub against a bot in every game."""
    path = tmp_path / "suite.toml"
    path.write_text(
        f"""
        name = "small"
        [agents.model]
        kind = "llm"
        model = "openai:stub"
        base_url = "{stub.url}"
        action_mode = "json"
        [agents.random]
        kind = "random"
        answers = "random"
        [[match]]
        game = "tictactoe"
        options = {{ opening_plies = 2 }}
        pairs = 3
        [[match]]
        game = "connect4"
        options = {{ opening_plies = 8 }}
        pairs = 2
        [[match]]
        game = "numberline"
        pairs = 3
        """
    )
    return path


class Kibitz:
    """The command line, run as a user runs it: in a process of its own, in an empty folder."""

    def __init__(self, folder):
        self.folder = folder

    def start(self, *arguments):
        command = [sys.executable, "-P", "-m", "kibitz.harness.cli", *map(str, arguments)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(command, cwd=self.folder, stdout=pipe, stderr=pipe, stdin=nothing, text=True)

    def __call__(self, *arguments, code=0):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=200)
        assert process.returncode == code, f"exit {process.returncode}\n{out}\n{err}"
        return out, err


@pytest.fixture
def kibitz(tmp_path):
    return Kibitz(tmp_path)
