# The echo contract for WSGI servers: gunicorn --bind 127.0.0.1:3000 wsgi:app
def app(environ, start_response):
    content = environ["wsgi.input"].read()
    headers = [("Echo-Method", environ["REQUEST_METHOD"]), ("Content-Length", str(len(content)))]
    if "HTTP_X_ECHO" in environ:
        headers.append(("Echo-Value", environ["HTTP_X_ECHO"]))
    start_response("200 OK", headers)
    return [content]
