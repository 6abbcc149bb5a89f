/** Slice of Kibana's date arithmetic, 8.12 and 9.x alike. Source: packages/kbn-datemath/index.ts. */
declare module '@kbn/datemath' {
  const datemath: {
    parse(text: string, options?: { roundUp?: boolean }): { valueOf(): number } | undefined;
  };
  export default datemath;
}
