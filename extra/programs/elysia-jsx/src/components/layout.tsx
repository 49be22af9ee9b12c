import { Html, PropsWithChildren } from "@elysiajs/html";

interface Props {
  title: string;
  user?: string;
}

export function Layout({ title, user, children }: PropsWithChildren<Props>) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title safe>{title}</title>
        <style>{`body { font-family: ${["system-ui", "sans-serif"].join(", ")} }`}</style>
      </head>
      <body class={["page", user ? "member" : "guest"]}>
        <nav>
          <a href="/">Shelf</a>
          {user ? <span safe>{user}</span> : <a href="/login">Log in</a>}
        </nav>
        <main>{children}</main>
      </body>
    </html>
  );
}
