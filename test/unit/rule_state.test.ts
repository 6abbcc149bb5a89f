import { readRule, ruleState } from '../e2e/rule_state';

const answering = (status: number, body: unknown) => ({ request: async () => ({ status, body }) });

it('tells how a rule is doing, and of an answer that is none without ending the wait', async () => {
  const rule = { execution_status: { status: 'active' } };
  expect(await ruleState(answering(200, rule), 'r')).toBe('{"status":"active"}');
  expect(await ruleState(answering(403, { message: 'Unauthorized to get a rule' }), 'r')).toMatch(
    /^reading the rule: 403 .*Unauthorized/,
  );
  const cut = { request: () => Promise.reject(new Error('fetch failed')) };
  expect(await ruleState(cut, 'r')).toContain('fetch failed');
});

it('hands a rule over once it can be read', async () => {
  expect(await readRule(answering(200, { id: 'r' }), 'r')).toEqual({ id: 'r' });
  expect(await readRule(answering(403, { message: 'no' }), 'r')).toBe('403 {"message":"no"}');
});
