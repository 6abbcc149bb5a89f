import { createRandom } from '../../../common/demo_logs/random';
import { parseDetector } from '../../../common/detector';
import { createModelScorer } from '../../../common/model_snapshot';
import { trainModel } from './train_model';

const SERVICES = ['cart', 'search', 'login', 'catalogue'];
const LOGS = 8_000;

/** Ordinary requests that last about as long as those of their service, in which one in 200 is slow, and one in 200 an attack. */
function logsWith(from: number, seed: number): { documents: Record<string, unknown>[]; kinds: string[] } {
  const random = createRandom(seed);
  const kinds: string[] = [];
  const documents = Array.from({ length: LOGS }, (_none, i): Record<string, unknown> => {
    const place = random.integer(0, SERVICES.length - 1);
    const kind = i % 200 === 7 ? 'slow' : i % 200 === 107 ? 'attack' : 'ordinary';
    kinds.push(kind);
    const usual = random.logNormal(20 * 3 ** place, 0.5);
    return {
      '@timestamp': new Date(from + i * 10_000).toISOString(),
      service: SERVICES[place],
      method: random.chance(0.9) ? 'GET' : 'POST',
      url: `/${SERVICES[place]}/${random.integer(0, 999)}?q=${
        kind === 'attack' ? `1'%20UNION%20SELECT%20${i},password%20FROM%20users--` : `word${i % 50}`
      }`,
      status: random.chance(0.02) ? 404 : 200,
      bytes: Math.round(random.logNormal(2_000 * (place + 1), 0.4)),
      sent: Math.round(random.logNormal(300, 0.4)),
      duration_ms: kind === 'slow' ? usual * random.between(30, 130) : usual,
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
