# An echo of messages on Tornado: PORT=3000 python3 websocket/tornado_echo.py
import asyncio
import os

from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Echo(WebSocketHandler):
    def get_compression_options(self):
        return {}

    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


async def main():
    Application([(r"/", Echo)]).listen(int(os.environ.get("PORT", "3000")), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
