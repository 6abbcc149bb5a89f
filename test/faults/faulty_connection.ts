import { errors, HttpConnection } from '@elastic/elasticsearch';

/** Ways in which one request to Elasticsearch goes wrong, before it arrives or once it was carried out. */
export const FAULTS = [
  'lost before',
  'lost after',
  'hangs before',
  'hangs after',
  'status 429',
  'status 503',
  'answer cut',
  'garbage',
  'killed before',
  'killed after',
  'gone for the run',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** A fault at the n-th request of a run, from 1. */
export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
  /** The process itself is killed (SIGKILL), instead of all requests after this one staying unsent. */
  readonly isReal?: boolean;
}

/** Plan and state of the faults of one process. */
export const faults = {
  fault: undefined as Fault | undefined,
  requests: 0,
  fired: false,
  /** Nothing is sent any more: the process is dead as far as Elasticsearch can tell. */
  isDead: false,
};

const error = (type: string): object => ({ error: { type, reason: 'a fault of the test', root_cause: [] } });

function die(isReal: boolean | undefined): never {
  if (isReal) process.kill(process.pid, 'SIGKILL');
  faults.isDead = true;
  throw new errors.ConnectionError('killed by the test');
}

/** A connection to a real Elasticsearch that fails as {@link faults} says. */
export class FaultyConnection extends HttpConnection {
  override async request(...[params, options]: Parameters<HttpConnection['request']>): Promise<never> {
    const send = (): Promise<never> => super.request(params, options) as Promise<never>;
    faults.requests++;
    const { fault } = faults;
    if (faults.isDead) throw new errors.ConnectionError('killed by the test');
    const isDue = fault !== undefined && faults.requests === fault.at;
    const isGone = fault?.kind === 'gone for the run' && faults.requests >= fault.at;
    if (!isDue && !isGone) return send();
    faults.fired = true;
    const answer = (statusCode: number, body: string): never =>
      ({
        statusCode,
        body,
        headers: { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' },
      }) as never;
    switch (fault.kind) {
      case 'gone for the run':
      case 'lost before':
        throw new errors.ConnectionError('lost by the test');
      case 'lost after':
        await send();
        throw new errors.ConnectionError('lost by the test');
      case 'hangs before':
        throw new errors.TimeoutError('hung by the test');
      case 'hangs after':
        await send();
        throw new errors.TimeoutError('hung by the test');
      case 'status 429':
        return answer(429, JSON.stringify(error('es_rejected_execution_exception')));
      case 'status 503':
        return answer(503, JSON.stringify(error('unavailable_shards_exception')));
      case 'garbage':
        return answer(200, '<html>not Elasticsearch</html>');
      case 'answer cut': {
        const { asStream: _asStream, ...asText } = options;
        const whole = (await super.request(params, asText)) as { body: string };
        return { ...whole, body: String(whole.body).slice(0, String(whole.body).length / 2) } as never;
      }
      case 'killed before':
        return die(fault.isReal);
      case 'killed after':
        await send();
        return die(fault.isReal);
    }
  }
}

const lost = (statusCode: number): Error =>
  Object.assign(new errors.ConnectionError('lost by the test'), { output: { statusCode } });

/** Meets the faults in a call of Kibana, which asks Elasticsearch on its own for it: it is refused or lost, before it is done or after. */
export async function callWithFaults<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  faults.requests++;
  const { fault } = faults;
  if (faults.isDead) throw lost(503);
  const isGone = fault?.kind === 'gone for the run' && faults.requests >= fault.at;
  if (fault === undefined || (faults.requests !== fault.at && !isGone)) return call();
  faults.fired = true;
  switch (fault.kind) {
    case 'killed before':
      return die(fault.isReal);
    case 'killed after':
      await call();
      return die(fault.isReal);
    case 'lost after':
    case 'hangs after':
    case 'answer cut':
    case 'garbage':
      await call();
      throw lost(503);
    case 'status 429':
      throw lost(429);
    case 'status 503':
    case 'lost before':
    case 'hangs before':
    case 'gone for the run':
      throw lost(503);
  }
}
