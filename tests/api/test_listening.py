"""The socket on which the server listens: where it may, and without waiting to send the end of an answer."""

from __future__ import annotations

import socket

import pytest

from api.errors import RefusedError
from api.serving import listen


def test_the_end_of_an_answer_is_sent_at_once():
    """A line that somebody opens to the server holds nothing back until the caller has acknowledged the beginning."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        line, _ = listener.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_place_that_is_taken_is_refused_in_words():
    """Who starts a second server is told which place is taken."""
    with listen("127.0.0.1", 0) as listener, pytest.raises(RefusedError, match="cannot listen on"):
        listen(*listener.getsockname())
