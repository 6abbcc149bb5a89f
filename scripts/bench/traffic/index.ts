import type { WebSources } from '../../real_logs/web_attack_logs';
import { hostLogs } from './host_logs';
import { identityProvider } from './identity_provider';
import { queueWorkers } from './queue_workers';
import { realRequests } from './real_requests';
import { rpcPlatform } from './rpc_platform';
import { webShop } from './web_shop';
import type { TrafficKind } from './labelled_traffic';

export { makeTraffic, type TrafficKind } from './labelled_traffic';

export const trafficKinds = (sources: WebSources): readonly TrafficKind[] => [
  webShop,
  rpcPlatform,
  realRequests(sources),
  hostLogs,
  queueWorkers,
  identityProvider,
];
