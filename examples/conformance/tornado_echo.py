# The echo contract on Tornado: PORT=3000 python3 tornado_echo.py
import asyncio
import os

from tornado.web import Application, RequestHandler


class Echo(RequestHandler):
    SUPPORTED_METHODS = RequestHandler.SUPPORTED_METHODS

    def prepare(self):
        self.set_header("Echo-Method", self.request.method)
        if "X-Echo" in self.request.headers:
            self.set_header("Echo-Value", self.request.headers["X-Echo"])
        self.finish(b"" if self.request.method == "HEAD" else self.request.body)


async def main():
    Application([(r".*", Echo)]).listen(int(os.environ.get("PORT", "3000")), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
