import Papa from 'papaparse';

/** Writes CSV. In a module of our own the library loads on demand without a helper in what every page of Kibana loads. */
export const { unparse } = Papa;
