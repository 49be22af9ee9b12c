# The clients of Tornado: mantou-conformance --client --stay -- python3 client/tornado_client.py
import asyncio

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import websocket_connect
from trials import line_of, take_trials


async def read(url, method):
    if url.startswith("ws:"):
        socket = await websocket_connect(url, compression_options={})
        while await socket.read_message() is not None:
            pass
        return None
    response = await AsyncHTTPClient().fetch(url, method=method, raise_error=False, follow_redirects=False)
    if response.code == 599:
        raise response.error
    return line_of(response.code, response.body or b"")


asyncio.run(take_trials(read))
