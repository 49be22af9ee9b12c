# The echo contract for Rack servers: puma --port 3000 config.ru
run lambda { |env|
  content = env["rack.input"].read
  headers = { "echo-method" => env["REQUEST_METHOD"], "content-length" => content.bytesize.to_s }
  headers["echo-value"] = env["HTTP_X_ECHO"] if env.key?("HTTP_X_ECHO")
  [200, headers, [content]]
}
