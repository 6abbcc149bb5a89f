import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import { DEFECTS, withDefect } from './defects';
import type { Defect } from './defects';
import { demoDocument } from './demo_document';
import type { AnomalyKind, Incident, LoggedKind, RequestOfIncident } from './incidents';
import { ANOMALY_KINDS, beginIncident, INCIDENT_SHAPES, SILENCE_DURATION } from './incidents';
import type { Random } from './random';
import { createRandom, weightedChoice } from './random';
import type { DemoRequest } from './requests';
import { everydayRequest } from './requests';
import type { DemoService } from './services';
import { DEMO_SERVICES, largestSeasonOf, seasonOf } from './services';
import { TimeQueue } from './time_queue';
import { MINUTE } from '../duration';

export interface DemoLogOptions {
  /** A 32-bit unsigned integer. The same options give the same logs. */
  readonly seed: number;
  /** Epoch milliseconds, [from, to). `to` may lie as far ahead as one likes: logs are made one by one. */
  readonly from: number;
  readonly to: number;
  /** Mean over a whole week; by day and on busy days it is more, at night less. */
  readonly ratePerSecond: number;
  /** Share of logs that are anomalous, in [0, 0.5]. 0: neither anomalies nor silences. */
  readonly anomalyRate: number;
  /** Names out of DEMO_SERVICES; all when absent. */
  readonly services?: readonly string[];
  /** Kinds of anomaly; all when absent. */
  readonly kinds?: readonly AnomalyKind[];
  /** Share of logs with a {@link Defect}, in [0, 1]. Default 0. */
  readonly dirtRate?: number;
  /** Share of logs that arrive late, in [0, 1]. Default 0. */
  readonly lateRate?: number;
  /** Latest that a late log arrives after its time, milliseconds. Default 10 minutes. */
  readonly maximumDelay?: number;
}

export interface GeneratedLog {
  /** Of the event: what `@timestamp` says, epoch milliseconds. */
  readonly time: number;
  /** Time at which it reaches the log store: `time` or, for a late log, after it. Logs come out in this order. */
  readonly arrival: number;
  readonly document: LogDocument;
  /** Only on anomalous logs. */
  readonly incident?: Incident;
  /** Only on dirty logs. */
  readonly defect?: Defect;
}

const HOUR = 60 * MINUTE;
/** A run holds at least about this many incidents' worth of anomalies, so short runs have small incidents. */
const INCIDENTS_IN_A_RUN = 20;

function checkOptions(options: DemoLogOptions): void {
  const refuse = (setting: string, value: unknown, allowed: string): never => {
    throw new DetectionError('invalid_input', `${setting} is ${String(value)}; it must be ${allowed}`);
  };
  const {
    seed,
    from,
    to,
    ratePerSecond,
    anomalyRate,
    dirtRate = 0,
    lateRate = 0,
    maximumDelay = 0,
  } = options;
  const isBetween = (value: number, low: number, high: number) => value >= low && value <= high;
  if (!Number.isInteger(seed) || !isBetween(seed, 0, 0xffffffff))
    refuse('seed', seed, 'an integer in [0, 2^32)');
  if (!isBetween(from, 0, 8e15)) refuse('from', from, 'epoch milliseconds');
  if (!isBetween(to, from, 8e15)) refuse('to', to, 'epoch milliseconds, not before from');
  if (!isBetween(ratePerSecond, 1e-6, 1e6)) refuse('ratePerSecond', ratePerSecond, 'in (0, 1000000]');
  if (!isBetween(anomalyRate, 0, 0.5)) refuse('anomalyRate', anomalyRate, 'in [0, 0.5]');
  if (!isBetween(dirtRate, 0, 1)) refuse('dirtRate', dirtRate, 'in [0, 1]');
  if (!isBetween(lateRate, 0, 1)) refuse('lateRate', lateRate, 'in [0, 1]');
  if (!isBetween(maximumDelay, 0, 30 * 24 * HOUR)) refuse('maximumDelay', maximumDelay, 'in [0, 30 days]');
  const names = DEMO_SERVICES.map(({ name }) => name);
  for (const name of options.services ?? [])
    if (!names.includes(name)) refuse('services', name, `among ${names.join(', ')}`);
  for (const kind of options.kinds ?? [])
    if (!ANOMALY_KINDS.includes(kind)) refuse('kinds', kind, `among ${ANOMALY_KINDS.join(', ')}`);
}

interface PendingLog {
  readonly incident: Incident;
  readonly service: DemoService;
  readonly request: RequestOfIncident;
}
type Simulated = { log: GeneratedLog } | { incident: Incident };

/**
 * Everyday traffic is an inhomogeneous Poisson process, drawn by thinning (Lewis & Shedler 1979). Each everyday log
 * earns `anomalyRate / (1 - anomalyRate)` anomalous ones; an incident begins when enough for all its logs is earned,
 * so the share of anomalies keeps to the rate at any length. Held in memory: logs of running incidents and late logs.
 */
class Simulation {
  private readonly random: Random;
  private readonly services: readonly DemoService[];
  private readonly kinds: readonly LoggedKind[];
  private readonly largestRates: number[];
  private readonly largestRate: number;
  private readonly pending = new TimeQueue<PendingLog>();
  private readonly late = new TimeQueue<GeneratedLog>();
  private readonly sizeLimit: number;
  private silence: Incident | undefined;
  private incidents = 0;
  private earned = 0;
  private next: { kind: LoggedKind; logs: number } | undefined;

  constructor(private readonly options: DemoLogOptions) {
    this.random = createRandom(options.seed);
    this.services = DEMO_SERVICES.filter(({ name }) => options.services?.includes(name) ?? true);
    const wanted = options.kinds ?? ANOMALY_KINDS;
    this.kinds = wanted.filter((kind): kind is LoggedKind => kind !== 'silence');
    const total = this.services.reduce((sum, { weight }) => sum + weight, 0);
    const perMillisecond = (options.ratePerSecond * (1 - this.anomalyShare)) / 1_000;
    this.largestRates = this.services.map(
      (service) => perMillisecond * (service.weight / total) * largestSeasonOf(service),
    );
    this.largestRate = this.largestRates.reduce((sum, rate) => sum + rate, 0);
    const expected = options.ratePerSecond * ((options.to - options.from) / 1_000) * options.anomalyRate;
    this.sizeLimit = Math.max(3, Math.floor(expected / INCIDENTS_IN_A_RUN));
    if (wanted.includes('silence') && options.anomalyRate > 0) this.planSilence(options.from);
    this.planIncident();
  }

  private get anomalyShare(): number {
    return this.kinds.length > 0 ? this.options.anomalyRate : 0;
  }

  *run(): Generator<Simulated> {
    const { to, from } = this.options;
    const { random } = this;
    const chooseService = weightedChoice(this.largestRates);
    let time = from + random.exponential(1 / this.largestRate);
    if (this.services.length === 0) return;
    while (time < to || this.pending.nextTime < to) {
      if (this.pending.nextTime <= time) {
        const pendingTime = this.pending.nextTime;
        const { incident, service, request } = this.pending.pop() as PendingLog;
        yield* this.emit(pendingTime, request(random, seasonOf(service, pendingTime)), incident);
        continue;
      }
      const service = this.services[chooseService(random)];
      const season = seasonOf(service, time);
      if (random.uniform() * largestSeasonOf(service) < season) {
        yield* this.announceSilence(time);
        if (!this.isSilent(service, time)) {
          yield* this.emit(time, everydayRequest(service, random, season));
          this.earned += this.anomalyShare / (1 - this.anomalyShare);
          yield* this.beginIncidents(time);
        }
      }
      time += random.exponential(1 / this.largestRate);
    }
    yield* this.arrivedBy(Infinity);
  }

  private *emit(exactTime: number, request: DemoRequest, incident?: Incident): Generator<Simulated> {
    const { random } = this;
    const { dirtRate = 0, lateRate = 0, maximumDelay = 10 * MINUTE } = this.options;
    const time = Math.floor(exactTime);
    const labels = incident
      ? { anomaly: 'true' as const, kind: incident.kind, incident: incident.id }
      : { anomaly: 'false' as const };
    const document = demoDocument(time, request, labels, random);
    const defect = dirtRate > 0 && random.chance(dirtRate) ? random.pick(DEFECTS) : undefined;
    const isLate = lateRate > 0 && random.chance(lateRate);
    const log: GeneratedLog = {
      time,
      arrival: isLate ? Math.floor(time + random.between(1_000, Math.max(1_000, maximumDelay))) : time,
      document: defect ? withDefect(document, defect, random) : { ...document },
      ...(incident ? { incident } : {}),
      ...(defect ? { defect } : {}),
    };
    yield* this.arrivedBy(time);
    if (isLate) this.late.push(log.arrival, log);
    else yield { log };
  }

  private *arrivedBy(time: number): Generator<Simulated> {
    while (this.late.size > 0 && this.late.nextTime <= time) yield { log: this.late.pop() as GeneratedLog };
  }

  private planIncident(): void {
    if (this.anomalyShare === 0) return;
    const choose = weightedChoice(this.kinds.map((kind) => INCIDENT_SHAPES[kind].weight));
    const kind = this.kinds[choose(this.random)];
    const [fewest, most] = INCIDENT_SHAPES[kind].logs;
    this.next = {
      kind,
      logs: this.random.integer(Math.min(fewest, this.sizeLimit), Math.min(most, this.sizeLimit)),
    };
  }

  private *beginIncidents(time: number): Generator<Simulated> {
    while (this.next && this.earned >= this.next.logs) {
      const { kind, logs } = this.next;
      const services = this.services.filter((service) => !this.isSilent(service, time));
      if (services.length === 0) return;
      const service = services[weightedChoice(services.map(({ weight }) => weight))(this.random)];
      const [shortest, longest] = INCIDENT_SHAPES[kind].duration;
      const planned = logs === 1 ? 1 : this.random.between(shortest, longest);
      const until = this.silence?.service === service.name ? this.silence.from : Infinity;
      const end = Math.min(time + planned, this.options.to, until > time ? until : Infinity);
      const { request, client } = beginIncident(kind, service, this.random);
      const incident: Incident = {
        id: `${kind}-${++this.incidents}`,
        kind,
        service: service.name,
        from: Math.floor(time),
        to: Math.ceil(end),
        logs,
        ...(client ? { client } : {}),
      };
      yield { incident };
      for (let index = 0; index < logs; index++)
        this.pending.push(index === 0 ? time : this.random.between(time, end), {
          incident,
          service,
          request,
        });
      this.earned -= logs;
      this.planIncident();
    }
  }

  private isSilent(service: DemoService, time: number): boolean {
    const { silence } = this;
    return silence?.service === service.name && time >= silence.from && time < silence.to;
  }

  /** The first silence lies in the run however short that is; later ones come hours apart. */
  private planSilence(after: number): void {
    const { from, to } = this.options;
    const range = Math.min(to - from, 6 * HOUR);
    const gap =
      after === from ? this.random.between(0.2, 0.6) * range : 3 * HOUR + this.random.exponential(9 * HOUR);
    const start = Math.floor(after + gap);
    const duration = Math.min(this.random.between(...SILENCE_DURATION), range / 5);
    this.silence = {
      id: '',
      kind: 'silence',
      service: this.random.pick(this.services).name,
      from: start,
      to: Math.floor(start + duration),
      logs: 0,
    };
  }

  private *announceSilence(time: number): Generator<Simulated> {
    while (this.silence && time >= this.silence.from) {
      if (this.silence.id === '') {
        this.silence = { ...this.silence, id: `silence-${++this.incidents}` };
        yield { incident: this.silence };
      }
      if (time < this.silence.to) return;
      this.planSilence(this.silence.to);
    }
  }
}

/**
 * Realistic logs of a small web shop, one by one, in the order of arrival: daily and weekly seasons, log-normal
 * latencies, everyday client errors, and labelled incidents. Memory stays bounded, however many are taken.
 *
 * @param onIncident told of each incident as it begins, before the first of its logs. A silence has no logs: this, or
 *   {@link incidentsOf}, is the only way to learn of it.
 * @throws DetectionError `invalid_input` for options out of range, on the first log
 */
export function* generateLogs(
  options: DemoLogOptions,
  onIncident: (incident: Incident) => void = () => {},
): Generator<GeneratedLog> {
  checkOptions(options);
  for (const simulated of new Simulation(options).run()) {
    if ('log' in simulated) yield simulated.log;
    else onIncident(simulated.incident);
  }
}

/** Ground truth of {@link generateLogs} for the same options, in order of beginning. Costs as much as the logs do. */
export function* incidentsOf(options: DemoLogOptions): Generator<Incident> {
  checkOptions(options);
  for (const simulated of new Simulation(options).run())
    if ('incident' in simulated) yield simulated.incident;
}
