"""`python -m voicewire.sandbox`: a sandbox for other programs.

Standard output has its base URL alone, on one line; standard error has the environment variables that a client reads.
"""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Callable, List, Optional

from voicewire import Error
from voicewire.sandbox import Sandbox


def parse(arguments: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m voicewire.sandbox",
        description="A local stand-in for cloud speech services. Serves until it is stopped by SIGTERM or Ctrl-C.",
    )
    add = parser.add_argument
    add("--port", type=port, default=0, metavar="N", help="TCP port on 127.0.0.1; 0 picks a free one [%(default)s]")
    add("--tls", action="store_true", help="serve TLS with a certificate from a new authority; needs --ca-file")
    add("--ca-file", type=Path, metavar="FILE", help="write that authority's certificate to FILE (PEM)")
    add("--key", action="append", default=[], metavar="KEY", help="accept this API key and no other one (repeatable)")
    add("--max-concurrent", type=int, default=5, metavar="N", help="generations at once per key [%(default)s]")
    add("--first-chunk-delay", type=float, default=60, metavar="MS", help="milliseconds to the first chunk [60]")
    add("--pace", type=pace, default=10.0, metavar="X", help="seconds of audio sent per second, or max [%(default)s]")
    add("--chunk-millis", type=int, default=200, metavar="N", help="milliseconds of audio per chunk [%(default)s]")
    add("--processing-delay", type=float, default=300, metavar="MS", help="milliseconds that a recording or voice takes [300]")
    add("--session-duration", type=float, default=3600, metavar="S", help="seconds that a login to Respeecher lasts [3600]")
    add("--credits", type=int, default=1000, metavar="N", help="credits of a new account of Respeecher's [%(default)s]")
    add("--kept-upload", type=int, default=4194304, metavar="BYTES", help="how much of an upload is kept [%(default)s]")
    add("--engine", default="auto", choices=("auto", "espeak", "formant"), help="which voice speaks [%(default)s]")
    add("--fault", metavar="SPEC", help="a fault for every request, such as drop,after=2")
    options = parser.parse_args(arguments)
    if options.tls and options.ca_file is None:
        parser.error("--tls needs --ca-file, or no client can trust it")
    if options.ca_file is not None and not options.tls:
        parser.error("--ca-file needs --tls")
    return options


def port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


def pace(text: str) -> float:
    return float("inf") if text == "max" else float(text)


def main(arguments: Optional[List[str]] = None) -> int:
    """Serves until a signal comes; the exit code."""
    options = parse(arguments)
    wait = hold_signals()
    try:
        with Sandbox(
            options.port,
            tls=options.tls,
            keys=options.key,
            max_concurrent=options.max_concurrent,
            first_chunk_delay=options.first_chunk_delay / 1000,
            pace=options.pace,
            chunk_millis=options.chunk_millis,
            processing_delay=options.processing_delay / 1000,
            session_duration=options.session_duration,
            credits=options.credits,
            kept_upload=options.kept_upload,
            engine=options.engine,
            fault=options.fault,
        ) as sandbox:
            if sandbox.ca_pem is not None:
                options.ca_file.write_text(sandbox.ca_pem)
            print(sandbox.base_url, flush=True)
            print(settings(sandbox), file=sys.stderr, flush=True)
            wait()
    except KeyboardInterrupt:
        pass
    except (Error, OSError) as error:
        print(f"voicewire.sandbox: {error}", file=sys.stderr)
        return 2
    return 0


def settings(sandbox: Sandbox) -> str:
    lines = [
        "voicewire.sandbox: a client with these environment variables speaks to it",
        f"DEEPDUB_API_KEY={sandbox.api_key}",
        f"DEEPDUB_BASE_URL={sandbox.deepdub_rest_url}",
        f"DEEPDUB_BASE_WEBSOCKET_URL={sandbox.deepdub_open_url}",
        f"DEEPDUB_BASE_WEBSOCKET_STREAMING_URL={sandbox.deepdub_live_url}",
        f"RESPEECHER_API_KEY={sandbox.respeecher_api_key}",
        f"RESPEECHER_BASE_URL={sandbox.respeecher_url}",
        f"PALABRA_API_KEY={sandbox.palabra_api_key}",
        f"PALABRA_API_URL={sandbox.palabra_url}",
    ]
    if sandbox.ca_pem is not None:
        lines.append("voicewire.sandbox: and has to trust the certificate in --ca-file")
    return "\n".join(lines)


def hold_signals() -> Callable[[], object]:
    """From now on SIGTERM and Ctrl-C wait for the function that is returned, which waits for them."""
    if sys.platform == "win32":

        def sleep() -> None:
            while True:  # until KeyboardInterrupt
                time.sleep(0.5)

        return sleep
    # Blocked rather than handled: whichever thread a signal comes to, and whenever, none is lost and none interrupts
    # anything halfway. The sandbox's threads, which start later, inherit it.
    signals = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    return lambda: signal.sigwait(signals)


if __name__ == "__main__":
    sys.exit(main())
