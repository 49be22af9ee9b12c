# The client of websockets: mantou-conformance --client --stay -- python3 client/websockets_client.py
import asyncio

import websockets
from trials import take_trials


async def read(url, _method):
    if not url.startswith("ws:"):
        raise ValueError("websockets has no client of HTTP")
    async with websockets.connect(url) as socket:
        async for _ in socket:
            pass


asyncio.run(take_trials(read))
