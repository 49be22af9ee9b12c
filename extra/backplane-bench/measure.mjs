import { latencyOf, scenarios } from "./contestants.mjs";
import { runLoad, startCluster, startEngine, startWorkers } from "./processes.mjs";

/** Seconds that a load may take beyond its window, until it is given up. */
const SPARE_SECONDS = 30;

/**
 * Measures everything, and adds it to `results` as it comes.
 *
 * Contestants take turns: in a round each has fresh processes and a fresh engine, and does all scenarios with them.
 */
export async function measure(results, settings, runtimes, pinning, keep) {
  const { rounds, seconds, warmUpSeconds } = settings;
  const limit = seconds + warmUpSeconds + SPARE_SECONDS;
  const times = { seconds, warmUpSeconds };
  const standings = settings.contestants.map((contestant) => {
    const { name, does } = contestant;
    const standing = { name, does, scenarios: {}, latency: [] };
    results.contestants.push(standing);
    return { contestant, standing };
  });

  for (let round = 0; round < rounds; round++) {
    for (const { contestant, standing } of standings) {
      progress(`round ${round + 1} of ${rounds}, ${contestant.name}`);
      await attempt(standing, async () => {
        const cluster = await startCluster(contestant, runtimes, pinning);
        try {
          for (const scenario of settings.scenarios) await takeTurn(contestant, standing, scenario, cluster);
        } finally {
          await cluster.stop();
        }
      });
    }
    keep();
  }
  if (settings.latency) await measureLatencies();
  if (settings.workers) await measureWorkers();
  progress("");

  async function takeTurn({ protocol }, standing, scenario, { ports, pids, instances }) {
    const { rooms, clients, inFlight } = scenario;
    standing.scenarios[scenario.name] ??= { rounds: [], fault: null };
    const of = standing.scenarios[scenario.name];
    // A contestant that loses messages is reported, not measured.
    if (of.fault !== null) return;
    try {
      const orders = { ports, pids, protocol, rooms, clients, inFlight, ...times };
      const result = await runLoad("main.mjs", [JSON.stringify(orders)], limit, pinning);
      of.fault = faultOf(result);
      of.rounds.push(toRound(result, instances));
    } catch (error) {
      of.fault = error.message;
    }
  }

  /** Half of the median rate of the same contestant, with 1 and with 16 in flight, each next to raw round trips. */
  async function measureLatencies() {
    results.raw = [];
    const taking = standings.filter(({ contestant }) => contestant.latency);
    const latencyRounds = Math.min(rounds, 2);
    for (let round = 0; round < latencyRounds; round++) {
      if (taking.some(({ contestant }) => contestant.engine === "redis")) {
        progress(`latency ${round + 1} of ${latencyRounds}, raw`);
        results.raw.push(await measureRaw());
      }
      for (const { contestant, standing } of taking) {
        progress(`latency ${round + 1} of ${latencyRounds}, ${contestant.name}`);
        await attempt(standing, () => takePacedTurns(contestant, standing));
      }
      keep();
    }
  }

  async function takePacedTurns(contestant, standing) {
    const halves = latencyOf.filter((name) => isMeasured(standing.scenarios[name]));
    if (halves.length === 0) return;
    const { ports, pids, instances, stop } = await startCluster(contestant, runtimes, pinning);
    try {
      for (const half of halves) {
        const { clients, inFlight } = scenarios.find(({ name }) => name === half);
        const rate = median(standing.scenarios[half].rounds.map((each) => each.rate)) / (clients - 1) / 2;
        const orders = {
          ports,
          pids,
          protocol: contestant.protocol,
          rooms: 1,
          clients,
          inFlight,
          rate,
          ...times,
        };
        const result = await runLoad("main.mjs", [JSON.stringify(orders)], limit, pinning);
        const { p50, p99, late } = result;
        const fault = faultOf(result);
        standing.latency.push({ half, messages: rate, p50, p99, late, fault, ...toRound(result, instances) });
      }
    } finally {
      await stop();
    }
  }

  async function measureRaw() {
    const engine = await startEngine("redis", pinning);
    try {
      return await runLoad("raw-round-trip.mjs", [engine.url, String(seconds)], limit, pinning);
    } finally {
      await engine.stop();
    }
  }

  /** `mantou` and `mantou --workers 2` in turn. */
  async function measureWorkers() {
    results.workersRounds = [];
    for (let round = 0; round < rounds; round++) {
      const pair = {};
      for (const workers of round % 2 === 0 ? [1, 2] : [2, 1]) {
        progress(`workers, round ${round + 1} of ${rounds}: ${workers}`);
        try {
          pair[workers] = await takeWorkersTurn(workers);
        } catch (error) {
          results.workersFault = error.message;
          return;
        }
      }
      results.workersRounds.push(pair);
      keep();
    }
  }

  async function takeWorkersTurn(workers) {
    const { ports, pids, instances, stop } = await startWorkers(workers, runtimes, pinning);
    try {
      const orders = {
        ports,
        pids,
        protocol: "worker",
        workers,
        clients: 32 * workers,
        inFlight: 1,
        rooms: 1,
        ...times,
      };
      const result = await runLoad("main.mjs", [JSON.stringify(orders)], limit, pinning);
      const fault = faultOf(result);
      if (fault !== null) throw new Error(fault);
      return toRound(result, instances);
    } finally {
      await stop();
    }
  }
}

/** Delivered messages a second, and CPU microseconds for each: of all processes, and of those that are no instances. */
function toRound({ seconds, delivered, cpu, loadBusy }, instances) {
  const sum = (times) => times.reduce((total, each) => total + each, 0);
  const each = (times) => (sum(times) / delivered) * 1e6;
  return {
    rate: delivered / seconds,
    cpu: each(cpu),
    engineCpu: each(cpu.slice(instances)),
    /** Shares of the window. */
    busy: sum(cpu) / seconds,
    loadBusy,
  };
}

function faultOf({ lost, twice, delivered }) {
  if (lost > 0) return `lost ${lost} messages`;
  if (twice > 0) return `delivered ${twice} messages twice`;
  return delivered > 0 ? null : "delivered nothing in the window";
}

export function isMeasured(scenario) {
  return scenario !== undefined && scenario.fault === null && scenario.rounds.length > 0;
}

async function attempt(standing, measureIt) {
  // What has failed to start would fail in the same way again.
  if (standing.error !== undefined) return;
  try {
    await measureIt();
  } catch (error) {
    standing.error = error.message;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** One line that the next one replaces. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
