# Python's own http.client: mantou-conformance --client --stay -- python3 client/http_client.py
import asyncio
import http.client
from urllib.parse import urlsplit

from trials import line_of, take_trials

connections = {}


def request(url, method):
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise ValueError("http.client has no WebSocket")
    connection = connections.get(parts.netloc)
    if connection is None:
        connections.clear()
        connection = connections[parts.netloc] = http.client.HTTPConnection(parts.netloc)
    connection.request(method, parts.path)
    response = connection.getresponse()
    return line_of(response.status, response.read())


async def read(url, method):
    return request(url, method)


asyncio.run(take_trials(read))
