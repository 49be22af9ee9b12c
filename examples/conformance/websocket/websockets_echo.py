# An echo of messages on websockets: PORT=3000 python3 websocket/websockets_echo.py
import asyncio
import os

import websockets


async def echo(socket, *_):
    async for message in socket:
        await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", int(os.environ.get("PORT", "3000"))):
        await asyncio.Future()


asyncio.run(main())
