import { ENDPOINTS, type Endpoint, type Operation } from '../../../common/api';
import { exchangeEndpoints } from '../../../common/api/exchange';
import type { RouteConfig, Router } from '../contracts/contracts';
import { registerRoutes } from './register_routes';

const routes = new Map<string, RouteConfig>();
const add =
  (method: string) =>
  (route: RouteConfig): void =>
    void routes.set(`${method} ${route.path}`, route);
const router = { get: add('get'), post: add('post'), put: add('put'), delete: add('delete') } as Router;
registerRoutes(router, { getServices: () => Promise.reject(), log: console, largestModelBytes: 33e6 });

const bodyOf = (operation: Operation): unknown => {
  const { method, path }: Endpoint = ENDPOINTS[operation];
  return routes.get(`${method} ${path}`)?.options?.body;
};

it('has Kibana read as many bytes as an operation documents', () => {
  const { maxBodyBytes } = exchangeEndpoints.importDetectors;
  expect(maxBodyBytes).toBeGreaterThan(1024 * 1024);
  expect(bodyOf('importDetectors')).toEqual({ maxBytes: maxBodyBytes });
  expect(bodyOf('importModel')).toEqual({ maxBytes: 33e6, parse: false });
  expect(bodyOf('createDetector')).toBeUndefined();
});
