import { mappingsOf } from '../indices/index_resources';
import { fitShapes } from './fit_shapes';

const MAPPING = mappingsOf('results').properties ?? {};

describe('values of logs in results', () => {
  it('stay as they are where they fit, in the same object', () => {
    const document = {
      message: 'started',
      host: { name: 'web-1', ip: '10.0.0.1' },
      http: { response: { status_code: '500', note: { any: 1 } } },
      labels: 'anything',
      unknown: { part: [1] },
    };
    expect(fitShapes(document, MAPPING)).toBe(document);
  });

  it('become the name of what ECS has as an object', () => {
    expect(fitShapes({ host: 'web-1', user: 'root', service: 7, message: 'in' }, MAPPING)).toEqual({
      host: { name: 'web-1' },
      user: { name: 'root' },
      service: { name: 7 },
      message: 'in',
    });
  });

  it('go to the labels under their path where nothing has their shape', () => {
    expect(
      fitShapes(
        {
          log: 'app.log',
          url: '/cart',
          message: { text: 'in' },
          http: { request: 'GET', response: { status_code: {}, bytes: 10 } },
          user_agent: { original: [{ a: 1 }] },
          labels: { team: 'a' },
        },
        MAPPING,
      ),
    ).toEqual({
      http: { response: { bytes: 10 } },
      user_agent: {},
      labels: {
        log: 'app.log',
        url: '/cart',
        message: { text: 'in' },
        'http.request': 'GET',
        'http.response.status_code': {},
        'user_agent.original': [{ a: 1 }],
        team: 'a',
      },
    });
  });

  it('keep labels that are no object', () => {
    expect(fitShapes({ url: '/', labels: 'blue' }, MAPPING)).toEqual({
      labels: { url: '/', labels: 'blue' },
    });
  });
});
