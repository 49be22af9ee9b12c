// The HTTP servers of docs/conformance-report.md: how each is started on a port, in a folder of its own. A peer whose program is not
// there is listed as not run.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { asgiServers, file, PYTHON, program, pythonVersion, says, which } from "./programs.mjs";

/** @param nodes, bun and deno are runtimes of bench/, each with a binary and a version; null for one that could not be fetched */
export function servers({ nodes, bun, deno }) {
  const nginx = which("nginx");
  const apache = which("apache2");
  const lighttpd = which("lighttpd");
  const haproxy = which("haproxy");
  const varnish = which("varnishd");
  const squid = which("squid");
  const go = which("go");
  const puma = which("puma");
  const caddy = which("caddy");
  return [
    program("Mantou", "this tree", process.execPath, () => ["mantou.js"]),
    ...nodes.map(({ binary, version }) =>
      program(`node:http of Node.js ${version.split(".")[0]}`, version, binary, () => ["node-http.js"]),
    ),
    program("Bun", bun?.version ?? null, bun?.binary, () => ["bun.js"]),
    program("Deno", deno?.version ?? null, deno?.binary, () => [
      "run",
      "--allow-net",
      "--allow-env",
      "deno.js",
    ]),
    {
      name: "nginx",
      version: says(nginx, ["-v"], /nginx\/(\S+)/),
      proxy: "/echo",
      start: ({ port, folder, backend }) => ({
        command: nginx,
        args: ["-p", folder, "-e", "stderr", "-c", file(folder, "nginx.conf", nginxConfig(port, backend))],
      }),
    },
    {
      name: "Apache httpd",
      version: says(apache, ["-v"], /Apache\/(\S+)/),
      proxy: "/echo",
      start: ({ port, folder, backend }) => ({
        command: apache,
        args: ["-X", "-f", file(folder, "apache.conf", apacheConfig(port, backend, folder))],
      }),
    },
    {
      name: "lighttpd",
      version: says(lighttpd, ["-v"], /lighttpd\/(\S+)/),
      proxy: "/echo",
      start: ({ port, folder, backend }) => ({
        command: lighttpd,
        args: ["-D", "-f", file(folder, "lighttpd.conf", lighttpdConfig(port, backend, folder))],
      }),
    },
    {
      name: "HAProxy",
      version: says(haproxy, ["-v"], /version (\S+?)[,\s-]/),
      proxy: "/",
      start: ({ port, folder, backend }) => ({
        command: haproxy,
        args: ["-db", "-f", file(folder, "haproxy.cfg", haproxyConfig(port, backend))],
      }),
    },
    {
      name: "Varnish",
      version: says(varnish, ["-V"], /varnish-(\S+)/),
      proxy: "/",
      start: ({ port, folder, backend }) => ({
        command: varnish,
        args: [
          "-F",
          "-n",
          folder,
          "-a",
          `127.0.0.1:${port}`,
          "-b",
          `127.0.0.1:${backend}`,
          "-s",
          "malloc,64m",
        ],
      }),
    },
    {
      name: "Squid",
      version: says(squid, ["-v"], /Version (\S+)/),
      proxy: "/",
      start: ({ port, folder, backend }) => ({
        command: squid,
        args: ["-N", "-f", file(folder, "squid.conf", squidConfig(port, backend, folder))],
      }),
    },
    {
      name: "Caddy",
      version: says(caddy, ["version"], /v?(\S+)/),
      start: ({ port, folder }) => ({
        command: caddy,
        args: [
          "run",
          "--adapter",
          "caddyfile",
          "--config",
          file(folder, "Caddyfile", `http://127.0.0.1:${port}\nrespond "Hello"\n`),
        ],
      }),
    },
    program("Go net/http", says(go, ["version"], /go(\d\S+)/), go, () => ["run", "go/main.go"]),
    program("aiohttp", pythonVersion("aiohttp"), PYTHON, () => ["aiohttp_echo.py"]),
    program("Tornado", pythonVersion("tornado"), PYTHON, () => ["tornado_echo.py"]),
    ...asgiServers("asgi:app"),
    program("Gunicorn", pythonVersion("gunicorn"), PYTHON, (port) => [
      "-m",
      "gunicorn",
      "--threads",
      "8",
      "--bind",
      `127.0.0.1:${port}`,
      "--log-level",
      "critical",
      "wsgi:app",
    ]),
    program("Puma", says(puma, ["--version"], /version (\S+)/), puma, (port) => [
      "--silent",
      "--bind",
      `tcp://127.0.0.1:${port}`,
      "config.ru",
    ]),
    jetty(),
  ];
}

/** Jetty as Debian packages it, with the handler that answers 404 for each path: no application is there. */
function jetty() {
  const home = "/usr/share/jetty9";
  const java = which("java");
  const jar = existsSync(join(home, "start.jar")) ? join(home, "start.jar") : null;
  const version =
    jar === null
      ? null
      : (readdirSync(join(home, "lib")).find((name) => name.startsWith("jetty-server-")) ?? "").slice(13, -4);
  return {
    name: "Jetty",
    version: java === null ? null : version,
    start: ({ port, folder }) => ({
      command: java,
      args: [
        "-jar",
        jar,
        `jetty.home=${home}`,
        `jetty.base=${folder}`,
        "--module=http,server",
        `jetty.http.port=${port}`,
        "jetty.http.host=127.0.0.1",
      ],
      cwd: folder,
    }),
  };
}

const nginxConfig = (
  port,
  backend,
) => `daemon off; pid nginx.pid; error_log stderr crit; worker_processes 1; events {}
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port}; client_max_body_size 4m;
    location / { return 200 "Hello\\n"; }
    location /echo { proxy_pass http://127.0.0.1:${backend}; proxy_http_version 1.1; }
  }
}
`;

const apacheConfig = (port, backend, folder) => `ServerRoot /usr/lib/apache2
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
DocumentRoot ${folder}/public
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule dir_module modules/mod_dir.so
LoadModule mime_module modules/mod_mime.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
TypesConfig /etc/mime.types
DirectoryIndex index.html
ProxyPass /echo http://127.0.0.1:${backend}/echo
User www-data
Group www-data
`;

const lighttpdConfig = (port, backend, folder) => `server.port = ${port}
server.bind = "127.0.0.1"
server.document-root = "${folder}/public"
server.errorlog = "${folder}/error.log"
server.modules = ("mod_proxy")
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html")
$HTTP["url"] =~ "^/echo" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${backend}))) }
`;

const haproxyConfig = (port, backend) => `defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
listen http
  bind 127.0.0.1:${port}
  server one 127.0.0.1:${backend}
`;

const squidConfig = (
  port,
  backend,
  folder,
) => `http_port 127.0.0.1:${port} accel defaultsite=localhost no-vhost
cache_peer 127.0.0.1 parent ${backend} 0 no-query originserver name=one
http_access allow all
cache deny all
access_log none
cache_log ${folder}/cache.log
pid_filename ${folder}/squid.pid
coredump_dir ${folder}
visible_hostname localhost
shutdown_lifetime 1 seconds
`;
