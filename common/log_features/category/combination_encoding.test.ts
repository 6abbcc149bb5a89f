import { featureSchema, type FeatureDefinition } from '../../detector';
import { decodeFeatureEncoding, learnFeatures } from '..';

/** Two networks with a service each, and a third of which each log tries a port that was never there before. */
const logs = Array.from({ length: 4_000 }, (_none, i) => {
  const ofNetwork: readonly (readonly [string, string])[] = [
    ['10.1', '443'],
    ['10.2', '5432'],
    ['10.1', '443'],
    ['public', String(1_000 + i)],
  ];
  const [network, port] = ofNetwork[i % 4];
  return { '@timestamp': i, network, port, method: 'GET', path: `/${network}/${port}` };
});

const surpriseOf = (
  fields: FeatureDefinition['fields'],
  change?: (state: object) => void,
): ((log: Readonly<Record<string, string>>) => number) => {
  const definition = featureSchema.parse({ type: 'combination', fields });
  const { encoder } = learnFeatures([definition], logs, { timestampField: '@timestamp' });
  const state = JSON.parse(JSON.stringify(encoder.toJSON())) as { features: { encoding: object }[] };
  change?.(state.features[0].encoding);
  const again = decodeFeatureEncoding(state);
  return (log) => again.encode([log]).values[0];
};

describe('new companions', () => {
  const tried = { network: 'public', port: '40000' };
  const strange = { network: '10.1', port: '5432' };

  it('are no surprise where they are new all the time, less than known values that never met', () => {
    const surprise = surpriseOf(['network', 'port']);
    expect(surprise(tried)).toBeLessThan(2);
    expect(surprise(strange)).toBeGreaterThan(4);
    expect(surprise({ network: '10.1', port: '40000' })).toBeGreaterThan(surprise(tried) + 2);
  });

  it('of models of before and of routes are each as rare as they are', () => {
    const before = surpriseOf(['network', 'port'], (state) => {
      delete (state as { as_rare?: unknown }).as_rare;
    });
    expect(before(tried)).toBeCloseTo(5.33, 1);
    expect(before(strange)).toBeCloseTo(8.41, 1);
    const ofRoute = surpriseOf(['method', { route: 'path' }]);
    expect(ofRoute({ method: 'GET', path: '/never/was' })).toBeGreaterThan(4);
  });
});
