import type { Service } from "../../test/support/service.ts";

export default async function client(service: Service): Promise<void> {
  await service.ask("GET /rooms");
  await service.refused("/none");
  await service.refused("/rooms");
  await service.refused("/rooms?name=thrown");
  await rooms(service);
  await bytes(service);
  await proxied(service);
}

async function rooms(service: Service): Promise<void> {
  const ada = await service.socket("/rooms?name=ada", { "x-agent": "one" });
  await service.hear("ada", ada, 1);
  const grace = await service.socket("/rooms?name=grace");
  await service.hear("grace", grace, 1);
  await service.hear("ada", ada, 1);
  const other = await service.socket("/rooms?name=other&space=other");
  await service.hear("other", other, 1);
  // Topics are the server's on Bun: a namespace has peers of its own, and no topics.
  for (const [name, socket] of [
    ["ada", ada],
    ["grace", grace],
  ] as const)
    await service.hear(name, socket, 1);
  ada.say("hello");
  for (const [name, socket] of [
    ["grace", grace],
    ["other", other],
  ] as const)
    await service.hear(name, socket, 1);
  ada.say("server");
  for (const [name, socket] of [
    ["ada", ada],
    ["grace", grace],
    ["other", other],
  ] as const) {
    await service.hear(name, socket, 1);
  }
  for (const word of ["topics", "socket", "ping"]) {
    ada.say(word);
    await service.hear("ada", ada, 1);
  }
  ada.say("fill");
  const filled = await ada.hear(41);
  service.note("filled", [filled.slice(0, 40).every(({ length }) => length === 100_000), filled[40]]);
  grace.say("leave");
  await service.hear("grace", grace, 1);
  ada.say("is anyone here");
  await service.hear("other", other, 1);
  ada.say("close");
  await service.closed("ada", ada);
  await service.hear("other", other, 1);
  grace.say("terminate");
  await service.closed("grace", grace);
  await service.hear("other", other, 1);
  await service.closed("other", other, 4999);
  let closed = "";
  while (!closed.includes("other")) closed = await (await fetch(`${service.url}/closed`)).text();
  service.note("closes that the program has seen", closed);
}

async function bytes(service: Service): Promise<void> {
  const socket = await service.socket("/bytes", {}, ["v1", "v2"]);
  socket.say("ä");
  await service.hear("bytes", socket, 3);
  socket.say(Buffer.from([1, 2, 3]));
  await service.hear("bytes", socket, 3);
  socket.say('{"a":1}');
  await service.hear("bytes", socket, 4);
  socket.say("");
  await service.hear("bytes", socket, 3);
  await service.closed("bytes", socket, 1000);
}

/** The program as a client of itself. */
async function proxied(service: Service): Promise<void> {
  const socket = await service.socket("/proxy?a=b", {}, ["v2"]);
  socket.say("through");
  await service.hear("proxied", socket, 3);
  socket.say(Buffer.from([7, 7]));
  await service.hear("proxied", socket, 3);
  await service.closed("proxied", socket, 3333);
  const dead = await service.socket("/dead");
  await service.closed("dead", dead);
}
