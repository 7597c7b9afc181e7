"""The command `outbox`: looks into an outbox, and sends what waits."""

import argparse
import os
import time

import voicewire
from voicewire import deepdub

from ._say import FAILED, INTERRUPTED, USAGE, note

DESCRIPTION = """\
Lists the reports in an outbox: id, state, when it was handed over, the word, and the service's id or what went wrong. With
--send those that wait are sent first; the key comes from DEEPDUB_API_KEY.
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to a command line."""
    outbox = commands.add_parser("outbox", help="look into an outbox of reports", description=DESCRIPTION)
    outbox.set_defaults(run=run)
    add = outbox.add_argument
    add("directory", help="where the outbox is")
    add("--retry", action="append", default=[], metavar="ID", help="have a rejected report wait again")
    add("--drop", action="append", default=[], metavar="ID", help="remove a report")
    add("--send", action="store_true", help="send what waits")


def run(arguments: argparse.Namespace) -> int:
    """Looks and sends; the exit code, which is 1 when reports could not be sent."""
    if not os.path.isdir(arguments.directory):
        note(f"{arguments.directory} is no directory")
        return USAGE
    try:
        outbox = deepdub.Outbox(arguments.directory)
        for id in arguments.retry:
            outbox.retry(id)
        for id in arguments.drop:
            outbox.drop(id)
        sent = not arguments.send or send(outbox)
        for report in outbox:
            print(line(report))
        return 0 if sent else FAILED
    except KeyboardInterrupt:
        note("interrupted")
        return INTERRUPTED
    except voicewire.InvalidArgumentError as error:
        note(str(error))
        return USAGE
    except voicewire.Error as error:
        note(str(error))
        return FAILED


def send(outbox: deepdub.Outbox) -> bool:
    """Whether nothing went wrong; another process may be sending what waits."""
    with deepdub.Client() as client:
        summary = outbox.send(client)
    note(f"{summary.delivered} delivered, {summary.rejected} rejected, {summary.waiting} waiting")
    if summary.error is not None:
        note(str(summary.error))
    return summary.error is None and summary.rejected == 0


def line(report: deepdub.StoredReport) -> str:
    when = "-" if report.created is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(report.created))
    about = report.issue_id or report.last_error or ""
    return f"{report.id}  {report.state}  {when}  {report.problem_word or '-'}  {about}".rstrip()
