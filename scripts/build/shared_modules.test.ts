import { lentBy } from './shared_modules';

describe('lentBy', () => {
  it('gives the name under which Kibana lends a module', () => {
    expect(lentBy('react', [])).toBe('__kbnSharedDeps__.React');
    expect(lentBy('@elastic/eui', [])).toBe('__kbnSharedDeps__.ElasticEui');
  });

  it('leaves what Kibana does not lend to the bundle', () => {
    expect(lentBy('zod', [])).toBeUndefined();
    expect(lentBy('reactive-thing', [])).toBeUndefined();
  });

  it.each(['rxjs/operators', '@elastic/eui/lib/services', '@kbn/core/public', 'react/jsx-runtime'])(
    'refuses %s, which only some versions lend',
    (request) => {
      expect(() => lentBy(request, [])).toThrow(
        `${request} is not among the modules that both Kibana 8.12 and 9.x lend to a plugin`,
      );
    },
  );

  it('reads the code of another plugin only when the manifest declares it', () => {
    const request = '@kbn/kibana-react-plugin/public';
    expect(lentBy(request, ['kibanaReact'])).toBe('__kbnBundles__.get("plugin/kibanaReact/public")');
    expect(() => lentBy(request, [])).toThrow('requiredBundles of kibana.jsonc does not name kibanaReact');
  });
});
