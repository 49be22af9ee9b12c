# The echo contract on aiohttp: PORT=3000 python3 aiohttp_echo.py
import os

from aiohttp import web


async def echo(request):
    content = await request.read()
    headers = {"Echo-Method": request.method}
    if "X-Echo" in request.headers:
        headers["Echo-Value"] = request.headers["X-Echo"]
    return web.Response(body=content, headers=headers)


app = web.Application(client_max_size=4 * 1024 * 1024)
app.router.add_route("*", "/{path:.*}", echo)
web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
