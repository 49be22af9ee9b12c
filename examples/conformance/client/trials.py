# What the clients of this folder share: the contract of docs/client.md, for a command that stays and for one that is run for each trial.
import asyncio
import os
import sys


def line_of(status, content):
    return f"{status} {content.hex()}"


async def take_trials(read):
    """read(url, method) requests one URL, and gives the line to print; None for a WebSocket."""
    if len(sys.argv) > 1:
        await take_trial(read, os.environ.get("METHOD", "GET"), sys.argv[1:])
        return
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if line == "":
            return
        method, *urls = line.split()
        try:
            await take_trial(read, method, urls)
            print("done", flush=True)
        except Exception:
            print("failed", flush=True)


async def take_trial(read, method, urls):
    for url in urls:
        line = await read(url, method)
        if line is not None:
            print(line, flush=True)
