import { Commented, Handler, Opened, Pinged, Pushed } from "./events";
import { resolve, run, UsageError } from "./registry";
import { Outbox } from "./services";

const outbox = resolve(Outbox);
const name = process.env.BOT_NAME!;

Handler.register(
  new (class extends Handler<Pinged> {
    readonly event = "ping";
    handle({ zen }: Pinged) {
      return [zen];
    }
  })(),
);

Handler.register(
  new (class extends Handler<Opened> {
    readonly event = "issues";
    handle({ action, issue: { number, title, user } }: Opened) {
      const text = action === "opened" ? `Thanks for "${title}", ${user}!` : `Closed: ${title}`;
      outbox.post("issues", text, number);
      return [text];
    }
  })(),
);

Handler.register(
  new (class extends Handler<Commented> {
    readonly event = "comment";
    async handle({ issue, comment }: Commented) {
      const replies: string[] = [];
      for (const line of comment.body.split("\n").filter((line) => line.startsWith(name))) {
        let reply: string;
        try {
          reply = await run(line.slice(name.length));
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          reply = `Sorry ${comment.user}: ${error.message}`;
        }
        outbox.post("comments", reply, issue.number);
        replies.push(reply);
      }
      return replies;
    }
  })(),
);

Handler.register(
  new (class extends Handler<Pushed> {
    readonly event = "push";
    handle({ ref, commits }: Pushed) {
      const branch = /^refs\/heads\/(?<branch>.+)$/.exec(ref)?.groups?.branch;
      if (!branch) return [];
      return commits.map(({ id, message }) => `${branch} ${id.slice(0, 7)} ${message.split("\n", 1)[0]}`);
    }
  })(),
);
