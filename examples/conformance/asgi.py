# The echo contract for ASGI servers: uvicorn --port 3000 asgi:app, or hypercorn --bind 127.0.0.1:3000 asgi:app
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            event = await receive()
            await send({"type": event["type"] + ".complete"})
            if event["type"] == "lifespan.shutdown":
                return
    content = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        content += event.get("body", b"")
        if not event.get("more_body"):
            break
    headers = [(b"echo-method", scope["method"].encode()), (b"content-length", str(len(content)).encode())]
    headers += [(b"echo-value", value) for name, value in scope["headers"] if name == b"x-echo"]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
