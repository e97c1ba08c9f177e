"""Pointing Celery at another broker, for a while: a closed port is a broker that is down."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.celery import app

CLOSED_PORT = "redis://127.0.0.1:1/0"


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Messages sent in the block go to the broker at `url`; its connections are pooled apart."""
    usual = app.conf.broker_url
    _use(url)
    try:
        yield
    finally:
        _use(usual)


def _use(url: str) -> None:
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None
