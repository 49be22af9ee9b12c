import { setTimeout as sleep } from "node:timers/promises";
import { GraphQLError } from "graphql";
import { handleProtocols, makeHandler } from "graphql-ws/use/bun";
import { createPubSub, createSchema, createYoga, filter, pipe } from "graphql-yoga";

interface Message {
  readonly id: number;
  readonly room: string;
  readonly text: string;
}

const pubSub = createPubSub<{ message: [Message] }>();
const messages: Message[] = [];
let left = 0;

const yoga = createYoga({
  graphqlEndpoint: "/graphql",
  logging: false,
  cors: { origin: "https://chat.example", credentials: true },
  landingPage: false,
  context: ({ request }) => ({ user: request?.headers.get("x-user") ?? null }),
  schema: createSchema<{ user: string | null; extra?: unknown }>({
    typeDefs: /* GraphQL */ `
      scalar File
      type Message { id: ID! room: String! text: String! shout: String! }
      type Query {
        hello(name: String = "you"): String!
        messages(room: String!): [Message!]!
        me: String
        crash: String
        known: String
        later(ms: Int!): Int!
      }
      type Mutation {
        post(room: String!, text: String!): Message!
        upload(file: File!, note: String): String!
      }
      type Subscription {
        count(to: Int!): Int!
        posted(room: String!): Message!
        failing: Int!
      }
    `,
    resolvers: {
      Message: { shout: ({ text }: Message) => text.toUpperCase() },
      Query: {
        hello: (_, { name }: { name: string }) => `hello ${name}`,
        messages: (_, { room }: { room: string }) => messages.filter((each) => each.room === room),
        me: (_, _args, { user }) => user,
        crash: () => {
          throw new Error("a secret");
        },
        known: () => {
          throw new GraphQLError("no such thing", {
            extensions: { code: "NONE", http: { status: 418, headers: { "x-kind": "teapot" } } },
          });
        },
        later: async (_, { ms }: { ms: number }) => {
          await sleep(ms);
          return ms;
        },
      },
      Mutation: {
        post: (_, { room, text }: { room: string; text: string }) => {
          const message = { id: messages.length + 1, room, text };
          messages.push(message);
          pubSub.publish("message", message);
          return message;
        },
        upload: async (_, { file, note }: { file: File; note?: string }) =>
          `${file.name} ${file.type} ${(await file.text()).length} ${note}`,
      },
      Subscription: {
        count: {
          async *subscribe(_: unknown, { to }: { to: number }) {
            try {
              for (let count = 1; count <= to; count++) {
                yield { count };
                await sleep(2);
              }
            } finally {
              left++;
            }
          },
        },
        posted: {
          subscribe: (_: unknown, { room }: { room: string }) =>
            pipe(
              pubSub.subscribe("message"),
              filter((message) => message.room === room),
            ),
          resolve: (message: Message) => message,
        },
        failing: {
          async *subscribe() {
            yield { failing: 1 };
            throw new GraphQLError("the source has ended");
          },
        },
      },
    },
  }),
});

const websocket = makeHandler({
  schema: yoga.getEnveloped as never,
  execute: (args: any) => args.rootValue.execute(args),
  subscribe: (args: any) => args.rootValue.subscribe(args),
  onConnect: ({ connectionParams }: { connectionParams?: Record<string, unknown> }) =>
    connectionParams?.["token"] !== "wrong",
  onSubscribe: async (
    context: object,
    _id: string,
    params: { operationName?: string; query: string; variables?: object },
  ) => {
    const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
      ...context,
      params,
    } as never);
    const args = {
      schema,
      operationName: params.operationName,
      document: parse(params.query),
      variableValues: params.variables,
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
    };
    const errors = validate(args.schema, args.document) as readonly GraphQLError[];
    return errors.length > 0 ? errors : (args as never);
  },
} as never);

const server = Bun.serve({
  port: process.env.PORT,
  hostname: "127.0.0.1",
  websocket,
  fetch(request: Request, self: { upgrade(request: Request): boolean }) {
    const { pathname } = new URL(request.url);
    if (pathname === "/left") return Response.json(left);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return yoga.fetch(request);
    if (!handleProtocols(request.headers.get("sec-websocket-protocol") ?? "")) {
      return new Response("graphql-transport-ws is needed", { status: 400 });
    }
    return self.upgrade(request) ? new Response() : new Response(null, { status: 500 });
  },
} as never);
console.log(`http://127.0.0.1:${server.port}`);
