#!/usr/bin/env python3
"""delay_relay_test.py RELAY: what the relay counts as a round trip, and that it holds bytes back but loses none.

Needs no database: a server of a few lines answers. Times are only compared with what they cannot be below.
"""
import contextlib
import socket
import subprocess
import sys
import threading
import time
import unittest

RELAY = sys.argv[1] if len(sys.argv) > 1 else sys.exit(__doc__)
DELAY_S = 0.1  # one way; long enough for a client on a busy machine to have sent all that it sends without waiting
TIMEOUT_S = 30


def echo(connection):
    while some := connection.recv(65536):
        connection.sendall(some)


def greet_and_echo(connection):
    connection.sendall(b"hello")
    echo(connection)


def answer_in_pieces(connection):
    while connection.recv(1):
        for piece in (b"an", b"sw", b"er"):
            connection.sendall(piece)
            time.sleep(DELAY_S / 4)


def speak_and_leave(connection):
    connection.recv(1)
    connection.sendall(numbered(300_000))


def numbered(size):
    return b"".join(number.to_bytes(4, "big") for number in range(size // 4))


class Server:
    """Hands each connection to a function of its own thread, and closes it when that ends."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            self.answer(connection)


class Relay:
    def __init__(self, server, delay_s):
        self.process = subprocess.Popen([RELAY, "127.0.0.1", str(server.port), str(round(delay_s * 1e6))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def answers(self):
        print(file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def stop(self):
        self.process.kill()
        self.process.communicate()


def exactly(client, size):
    got = b""
    while len(got) < size and (some := client.recv(size - len(got))):
        got += some
    return got


def everything(client):
    return b"".join(iter(lambda: client.recv(65536), b""))


class DelayRelay(unittest.TestCase):
    def relay(self, answer, delay_s=DELAY_S):
        server = Server(answer)
        self.addCleanup(server.listener.close)
        relay = Relay(server, delay_s)
        self.addCleanup(relay.stop)
        return relay

    def ask(self, client, question, answer_size):
        client.sendall(question)
        return exactly(client, answer_size)

    def test_questions_that_wait_for_their_answers_count_one_each(self):
        relay = self.relay(echo, delay_s=0)
        with relay.connect() as client:
            for number in range(1, 8):
                self.assertEqual(self.ask(client, b"?", 1), b"?")
                self.assertEqual(relay.answers(), number)

    def test_questions_sent_without_waiting_count_one(self):
        relay = self.relay(echo)
        with relay.connect() as client:
            for _ in range(5):
                client.sendall(b"?")
            self.assertEqual(exactly(client, 5), b"?" * 5)
        self.assertEqual(relay.answers(), 1)

    def test_answer_in_several_segments_counts_once(self):
        relay = self.relay(answer_in_pieces)
        with relay.connect() as client:
            for number in (1, 2):
                self.assertEqual(self.ask(client, b"?", 6), b"answer")
                self.assertEqual(relay.answers(), number)

    def test_greeting_counts_as_an_answer(self):
        relay = self.relay(greet_and_echo)
        with relay.connect() as client:
            self.assertEqual(exactly(client, 5), b"hello")
            self.assertEqual(self.ask(client, b"?", 1), b"?")
        self.assertEqual(relay.answers(), 2)

    def test_connections_count_in_sum(self):
        relay = self.relay(echo)
        with relay.connect() as one, relay.connect() as other:
            for client in (one, other, one):
                self.ask(client, b"?", 1)
        self.assertEqual(relay.answers(), 3)

    def test_each_direction_is_held_back(self):
        relay = self.relay(echo)
        with relay.connect() as client:
            self.ask(client, b"?", 1)  # connecting takes a delay of its own
            began = time.monotonic()
            self.ask(client, b"?", 1)
            self.assertGreaterEqual(time.monotonic() - began, 2 * DELAY_S)

    def test_bytes_arrive_in_order_and_all_of_them_when_the_client_ends(self):
        sent = numbered(3_000_000)
        relay = self.relay(echo)
        with relay.connect() as client:
            sender = threading.Thread(target=lambda: (client.sendall(sent), client.shutdown(socket.SHUT_WR)))
            sender.start()
            self.assertTrue(everything(client) == sent)
            sender.join()

    def test_bytes_arrive_all_when_the_server_ends(self):
        relay = self.relay(speak_and_leave)
        with relay.connect() as client:
            client.sendall(b"?")
            self.assertTrue(everything(client) == numbered(300_000))
        self.assertEqual(relay.answers(), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
