import { LogAnomaliesPlugin } from './plugin';

/** Kibana calls it once, when the page loads. */
export const plugin = () => new LogAnomaliesPlugin();
