# The client of aiohttp: mantou-conformance --client --stay -- python3 client/aiohttp_client.py
import asyncio

import aiohttp
from trials import line_of, take_trials


async def main():
    async with aiohttp.ClientSession() as session:

        async def read(url, method):
            if url.startswith("ws:"):
                async with session.ws_connect(url) as socket:
                    async for _ in socket:
                        pass
                return None
            async with session.request(method, url, allow_redirects=False) as response:
                return line_of(response.status, await response.read())

        await take_trials(read)


asyncio.run(main())
