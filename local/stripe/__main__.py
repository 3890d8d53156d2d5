"""Run the stand-in: `python -m local.stripe --port 12111 --webhook-url … --webhook-secret … --secret-key …`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from local.stripe.access import Keys
from local.stripe.server import StripeServer


def main() -> int:
    """Serve until SIGTERM or SIGINT; 1 if the port is taken."""
    options = _options()
    keys = Keys(secret=options.secret_key, publishable=options.publishable_key)
    try:
        server = StripeServer(
            options.port,
            webhook_url=options.webhook_url,
            webhook_secret=options.webhook_secret,
            keys=keys,
            state=options.state,
        )
    except OSError as taken:
        print(f"stripe: cannot listen on 127.0.0.1:{options.port}: {taken}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"stripe: listening on {server.base_url}", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stripe", description="A stand-in for Stripe's API.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--webhook-url", required=True, help="where events are posted")
    parser.add_argument("--webhook-secret", required=True, help="whsec_…: what events are signed with")
    parser.add_argument("--secret-key", required=True, help="sk_test_…: the only secret key that is accepted")
    parser.add_argument("--publishable-key", default="", help="pk_test_…: what browsers use with a client secret")
    parser.add_argument("--state", type=Path, help="SQLite file that keeps everything over a restart")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
