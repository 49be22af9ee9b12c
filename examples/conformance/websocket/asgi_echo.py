# An echo of messages for ASGI servers: uvicorn --port 3000 websocket.asgi_echo:app, or hypercorn --bind 127.0.0.1:3000 websocket.asgi_echo:app
from asgi import app as http


async def app(scope, receive, send):
    if scope["type"] != "websocket":
        await http(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})
