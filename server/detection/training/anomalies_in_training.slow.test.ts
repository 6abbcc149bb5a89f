import { parseDetector } from '../../../common/detector';
import { createModelScorer } from '../../../common/model_snapshot';
import { trainModel } from './train_model';

const SERVICES = ['cart', 'search', 'login', 'catalogue'];
const LOGS = 8_000;

/** Ordinary requests that last about as long as those of their service, in which one in 200 is slow, and one in 200 an attack. */
function logsWith(from: number, seed: number): { documents: Record<string, unknown>[]; kinds: string[] } {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const kinds: string[] = [];
  const documents = Array.from({ length: LOGS }, (_none, i): Record<string, unknown> => {
    const place = Math.floor(uniform() * SERVICES.length);
    const kind = i % 200 === 7 ? 'slow' : i % 200 === 107 ? 'attack' : 'ordinary';
    kinds.push(kind);
    const usual = 20 * 3 ** place * Math.exp(0.5 * normal());
    return {
      '@timestamp': new Date(from + i * 10_000).toISOString(),
      service: SERVICES[place],
      method: uniform() < 0.9 ? 'GET' : 'POST',
      url: `/${SERVICES[place]}/${Math.floor(uniform() * 1_000)}?q=${
        kind === 'attack' ? `1'%20UNION%20SELECT%20${i},password%20FROM%20users--` : `word${i % 50}`
      }`,
      status: uniform() < 0.02 ? 404 : 200,
      bytes: Math.round(2_000 * (place + 1) * Math.exp(0.4 * normal())),
      sent: Math.round(300 * Math.exp(0.4 * normal())),
      duration_ms: kind === 'slow' ? usual * (30 + 100 * uniform()) : usual,
    };
  });
  return { documents, kinds };
}

const by = ['service', 'method'];
const detector = parseDetector({
  name: 'web',
  source: { index: 'logs' },
  features: [
    { type: 'severity', field: 'status', by },
    { type: 'deviation', field: 'duration_ms', by },
    { type: 'deviation', field: 'bytes', by, direction: 'both' },
    { type: 'deviation', field: 'sent', by, direction: 'both' },
    { type: 'route', field: 'url', method: 'method' },
    { type: 'attack_signs', field: 'url' },
    { type: 'combination', field: 'method', fields: ['method', { route: 'url' }] },
    { type: 'text', field: 'url' },
  ],
});

it('finds slow requests and attacks though the logs of training hold their like', () => {
  const start = Date.parse('2026-03-02T00:00:00Z');
  const clock = { now: () => start };
  const history = logsWith(start, 1);
  const { snapshot } = trainModel({ detector, documents: history.documents, source: 'logs', clock });
  const test = logsWith(start + 86_400_000, 2);
  const { scores } = createModelScorer(snapshot).score(test.documents);
  const of = (kind: string): number[] => [...scores].filter((_, i) => test.kinds[i] === kind);
  const ordinary = of('ordinary').sort((one, other) => other - one);
  for (const kind of ['slow', 'attack']) {
    // At most one ordinary log in a thousand ranks as high as nine in ten of these.
    const [lowest] = of(kind)
      .sort((one, other) => other - one)
      .slice(Math.floor(0.9 * of(kind).length));
    expect([kind, ordinary.filter((score) => score >= lowest).length <= LOGS / 1_000]).toEqual([kind, true]);
  }
});
